// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Which envelopes an outbox claims and forwards, step by step, with calls that the test answers. */
class OutboxTest {

    private final List<ClaimRequest> claims = new ArrayList<>();
    private final List<CompletableFuture<ClaimResult>> replies = new ArrayList<>();
    private final List<SendRequest> sent = new ArrayList<>();
    private final List<CompletableFuture<AcknowledgmentResult>> confirmations = new ArrayList<>();
    private boolean failing;
    private final Outbox outbox = new Outbox("orders", new Calls());

    private final class Calls implements Outbox.Calls {

        @Override
        public CompletableFuture<ClaimResult> claim(ClaimRequest request) {
            if (failing) {
                throw new IllegalStateException("no memory");
            }
            claims.add(request);
            replies.add(new CompletableFuture<>());
            return replies.get(replies.size() - 1);
        }

        @Override
        public CompletableFuture<AcknowledgmentResult> send(SendRequest message) {
            sent.add(message);
            confirmations.add(new CompletableFuture<>());
            return confirmations.get(confirmations.size() - 1);
        }

        @Override
        public CompletableFuture<AcknowledgmentResult> acknowledge(Lease envelope) {
            return CompletableFuture.completedFuture(new AcknowledgmentResult(List.of(), List.of()));
        }

        @Override
        public CompletableFuture<RedeliveryResult> deadLetter(Lease envelope, String reason) {
            return CompletableFuture.completedFuture(RedeliveryResult.DEAD);
        }

        @Override
        public void forget(SendRequest message) {}

        @Override
        public void refused() {}

        @Override
        public boolean isClosed() {
            return true;
        }

        @Override
        public void dropped() {}
    }

    private static ClaimedMessage envelope(int number, String destination, long nanosLeft) {
        SendRequest sealed = Envelope.seal("orders", new SendRequest(destination, "m" + number, new byte[100], 0));
        Lease lease =
                new Lease(sealed.queue(), "e" + number, "token", ClaimingListener.NONE, System.nanoTime() + nanosLeft);
        return new ClaimedMessage(lease, sealed.value(), 0, 0);
    }

    private static List<ClaimedMessage> envelopes(int from, int to, String destination) {
        List<ClaimedMessage> envelopes = new ArrayList<>();
        for (int i = from; i < to; i++) {
            envelopes.add(envelope(i, destination, 10_000_000_000L));
        }
        return envelopes;
    }

    private void reply(List<ClaimedMessage> messages) {
        replies.get(replies.size() - 1)
                .complete(new ClaimResult(
                        false, OptionalLong.empty(), messages, List.of(), Map.of(), 0, false, false, ClaimLimits.NONE));
    }

    private void confirm(int number) {
        confirmations.get(number).complete(new AcknowledgmentResult(List.of(), List.of()));
    }

    @Test
    void requestsDuringAClaimShareTheNextOne() {
        CompletableFuture<Void> first = outbox.forward();
        CompletableFuture<Void> second = outbox.forward();
        CompletableFuture<Void> third = outbox.forward();
        reply(envelopes(0, 1, "bills"));
        confirm(0);

        assertThat(first).isCompleted();
        assertThat(claims).hasSize(2);
        assertThat(second).isNotCompleted();
        reply(List.of());
        assertThat(second).isCompleted();
        assertThat(third).isCompleted();
    }

    @Test
    void envelopeWhoseLeaseMayHaveEndedIsNotSent() {
        CompletableFuture<Void> forwarded = outbox.forward();
        reply(List.of(envelope(1, "bills", -1)));

        assertThat(sent).isEmpty();
        assertThat(forwarded).isCompleted();
    }

    @Test
    void envelopeThatIsBeingSentIsNotSentAgain() {
        outbox.forward();
        reply(envelopes(0, 1, "bills"));
        outbox.forward();
        reply(envelopes(0, 1, "bills"));

        assertThat(sent).hasSize(1);
    }

    @Test
    void noMoreThanAThousandEnvelopesAreInFlight() {
        outbox.forward();
        for (int from = 0; from < 1_000; from += 100) {
            assertThat(claims.get(claims.size() - 1).limit()).isEqualTo(100);
            reply(envelopes(from, from + 100, "bills-" + from));
        }
        assertThat(sent).hasSize(1_000);
        int before = claims.size();

        CompletableFuture<Void> refused = outbox.forward();

        assertThat(refused).isCompleted();
        assertThat(claims).hasSize(before);
        confirm(0); // makes room, so that the claims go on
        assertThat(claims).hasSize(before + 1);
        assertThat(claims.get(before).limit()).isEqualTo(1);
    }

    @Test
    void noMoreAreClaimedThanADestinationCanReceiveInTime() {
        outbox.forward();
        reply(envelopes(0, 100, "bills"));
        reply(envelopes(100, 200, "bills"));
        int before = claims.size();

        outbox.forward();

        assertThat(claims).hasSize(before);
        assertThat(sent).hasSize(200);
        confirm(0); // makes room, so that the claims go on
        assertThat(claims).hasSize(before + 1);
        reply(envelopes(200, 300, "bills"));
        assertThat(sent).hasSize(300);
    }

    @Test
    void slowDestinationDoesNotStopOthers() {
        outbox.forward();
        reply(envelopes(0, 100, "bills"));
        reply(envelopes(100, 200, "bills"));
        int before = claims.size();

        await().until(() -> {
            outbox.forward();
            return claims.size() > before;
        });
        List<ClaimedMessage> next = new ArrayList<>(envelopes(200, 201, "bills"));
        next.addAll(envelopes(201, 202, "mails"));
        reply(next);

        assertThat(sent.subList(200, sent.size()))
                .extracting(SendRequest::queue)
                .containsExactly("mails");
    }

    @Test
    void backlogOfADestinationThatRestsIsNotClaimedAtOnce() {
        outbox.forward();
        reply(envelopes(0, 1, "bills"));
        confirmations.get(0).completeExceptionally(RedisCallException.notExecuted("send", "no right"));
        outbox.forward();
        int before = claims.size();

        reply(envelopes(1, 101, "bills"));

        assertThat(claims).hasSize(before);
        assertThat(sent).hasSize(1);
    }

    @Test
    void destinationThatHasRefusedAMessageRests() {
        outbox.forward();
        reply(envelopes(0, 1, "bills"));
        confirmations.get(0).completeExceptionally(RedisCallException.notExecuted("send", "no right"));

        CompletableFuture<Void> forwarded = outbox.forward();
        List<ClaimedMessage> next = new ArrayList<>(envelopes(1, 2, "bills"));
        next.addAll(envelopes(2, 3, "mails"));
        reply(next);
        confirm(1);

        assertThat(sent).extracting(SendRequest::queue).containsExactly("bills", "mails");
        assertThat(forwarded).isCompleted();
    }

    @Test
    void claimThatCannotBeMadeIsMadeAgain() {
        failing = true;
        assertThat(outbox.forward()).isCompleted();

        failing = false;
        outbox.forward();

        assertThat(claims).hasSize(1);
    }
}
