// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.InDoubtBranch.Decision;
import org.redisqueue.console.page.Browser;
import org.redisqueue.launchers.server.ServerUser;

/** The page of the console in Chromium. */
final class PageOperator implements Operator {

    private static final Duration LONGEST_JOB = Duration.ofMinutes(5);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Map<Duration, String> PAUSES = Map.of(
            Duration.ofMinutes(10), "10 minutes",
            Duration.ofHours(1), "1 hour",
            Duration.ofHours(8), "8 hours");
    private static final Map<Decision, String> DECISIONS =
            Map.of(Decision.COMMIT, "Commit", Decision.ROLLBACK, "Roll back", Decision.FORGET, "Forget");

    /** The texts of the rows of all tables, by the title of the column, with titles and times of the cells. */
    private static final String ROWS = """
            const root = arguments[0] ? [...document.querySelectorAll(arguments[0])][arguments[1]] : document;
            return [...root.querySelectorAll('tbody tr')].map(row => Object.fromEntries([...row.cells].flatMap(td => {
              const title = td.dataset.title;
              return [[title, td.innerText], [`${title}.title`, td.title],
                [`${title}.time`, td.querySelector('time')?.dateTime ?? '']];
            })));
            """;

    private static final String BRANCHES = """
            return [...document.querySelectorAll('article')].map(article => ({
              xid: article.querySelector('.id').innerText,
              queue: article.querySelector('h2 a').innerText,
              owner: article.querySelector('.quiet').innerText,
              consumed: [...article.querySelectorAll('details')]
                  .filter(details => details.innerText.startsWith('Consumes'))
                  .flatMap(details => [...details.querySelectorAll('li a:last-child')].map(a => a.textContent)),
            }));
            """;

    private static final String SERVERS = """
            return [...document.querySelectorAll('section.panel')].map(panel => ({
              host: panel.querySelector('h2').innerText,
              state: panel.querySelector('.badge').innerText,
              facts: panel.querySelector('.facts').innerText,
            }));
            """;

    private final Browser browser;
    private final URI console;

    private PageOperator(Browser browser, URI console) {
        this.browser = browser;
        this.console = console;
    }

    /** Starts a browser. The test is skipped if none is installed. */
    static Operator open(URI console) {
        Optional<Browser> browser = Browser.start();
        assumeTrue(browser.isPresent(), "Neither Chromium nor chromedriver is installed.");
        return new PageOperator(browser.get(), console);
    }

    private Browser view(String view) {
        return browser.open(console, ServerUser.OPERATOR.userName(), ServerUser.password(), view);
    }

    private Browser message(String queue, String id) {
        return view("queues/" + queue + "/messages/" + ConsoleUser.key(id));
    }

    @Override
    public String actor() {
        return ServerUser.OPERATOR.userName();
    }

    @Override
    public String via() {
        return "console";
    }

    @Override
    public Letter findPoison(String queue, String reason) {
        view("queues/" + queue + "/dead").enter("Reason contains", reason);
        Map<String, String> row = rows().get(0);
        browser.follow(row.get("Id")).sees("Dead letter since");
        return new Letter(row.get("Id"), row.get("Reason"), browser.text("pre.body"));
    }

    @Override
    public void editBody(String queue, String id, String body) {
        message(queue, id)
                .press("Edit body")
                .enter("New body", body)
                .press("Save")
                .sees("The body has been replaced.");
    }

    @Override
    public Progress requeue(String queue, String id) {
        message(queue, id).press("Requeue");
        return awaitEnd(progress -> {});
    }

    @Override
    public Progress requeueAll(String queue, String reason, Consumer<Progress> watcher) {
        view("queues/" + queue + "/dead")
                .enter("Reason contains", reason)
                .press("Requeue")
                .press("Requeue");
        return awaitEnd(watcher);
    }

    /** Watches the progress bar. */
    private Progress awaitEnd(Consumer<Progress> watcher) {
        AtomicReference<Progress> last = new AtomicReference<>();
        await("the job ends").atMost(LONGEST_JOB).pollInterval(POLL).until(() -> {
            failOnError();
            Map<String, ?> job = map(browser.run("""
                    const job = document.querySelector('.job');
                    const bar = job?.querySelector('progress');
                    return {shown: job?.dataset.tone ?? '', done: bar?.value ?? 0, total: bar?.max ?? 0};
                    """));
            String tone = (String) job.get("shown");
            if (!tone.isEmpty()) {
                long done = ((Number) job.get("done")).longValue();
                last.set(new Progress(tone.equals("good"), done, ((Number) job.get("total")).longValue()));
                watcher.accept(last.get());
            }
            return tone.equals("good");
        });
        return last.get();
    }

    private void failOnError() {
        String error = browser.text(".toast[data-tone=bad], .job[data-tone=bad]");
        if (!error.isEmpty()) {
            throw new IllegalStateException(error);
        }
    }

    @Override
    public void pause(String queue, Duration duration) {
        view("queues/" + queue)
                .press("Pause")
                .choose(PAUSES.get(duration))
                .press("Pause")
                .sees("is paused.");
    }

    @Override
    public void resume(String queue) {
        view("queues/" + queue).press("Resume").sees("is resumed.");
    }

    @Override
    public QueueView queue(String queue) {
        view("queues/" + queue);
        boolean paused = browser.text(".heading .badge").startsWith("paused");
        String until = String.valueOf(browser.run("return document.querySelector('.badge time').dateTime"));
        return new QueueView(
                browser.text("h1"),
                figure("Ready"),
                figure("Delivering"),
                figure("Dead letters"),
                paused,
                until.isEmpty() ? null : Instant.parse(until));
    }

    private long figure(String place) {
        Object exact = browser.run(
                "return [...document.querySelectorAll('.tabs a')].find(a => a.innerText.startsWith(arguments[0]))"
                        + ".querySelector('.figure').title",
                place);
        return Long.parseLong(String.valueOf(exact).replace(",", ""));
    }

    @Override
    public List<HeldMessage> held(String queue) {
        view("queues/" + queue + "/delivering");
        return rows().stream()
                .map(row -> {
                    String[] holder = row.get("Held by").split(" on ", 2);
                    String server = row.get("Held by.title").replace("Server ", "");
                    return new HeldMessage(row.get("Id.title"), server, holder[1], holder[0], time(row, "Held for"));
                })
                .toList();
    }

    @Override
    public List<Server> servers() {
        view("servers");
        List<Map<String, String>> panels = maps(browser.run(SERVERS));
        return Stream.iterate(0, i -> i < panels.size(), i -> i + 1)
                .map(i -> server(panels.get(i), maps(browser.run(ROWS, "section.panel", i))))
                .toList();
    }

    private static Server server(Map<String, String> panel, List<Map<String, String>> listeners) {
        String facts = panel.get("facts");
        return new Server(
                facts.replaceFirst("(?s).* id (\\S+).*", "$1"),
                panel.get("host"),
                Long.parseLong(facts.replaceFirst("(?s).*pid (\\d+).*", "$1")),
                panel.get("state").equals("alive"),
                panel.get("state").equals("stopped"),
                listeners.stream()
                        .map(row -> new Listener(
                                row.get("Listener"),
                                row.get("Queue"),
                                Integer.parseInt(row.get("Active").split(" / ")[0]),
                                time(row, "Longest delivery")))
                        .toList());
    }

    @Override
    public List<Branch> inDoubt() {
        view("in-doubt");
        return ((List<?>) browser.run(BRANCHES))
                .stream()
                        .map(PageOperator::map)
                        .map(branch -> new Branch(
                                (String) branch.get("xid"),
                                (String) branch.get("queue"),
                                owner((String) branch.get("owner")),
                                ((List<?>) branch.get("consumed"))
                                        .stream().map(String::valueOf).toList()))
                        .toList();
    }

    private static String owner(String facts) {
        return facts.startsWith("Transaction manager ") ? facts.split(" ")[2] : null;
    }

    @Override
    public void decide(String xid, Decision decision) {
        String name = DECISIONS.get(decision);
        view("in-doubt").pressIn(xid, name).sees("Decide as the transaction manager");
        String young = browser.text("dialog .option");
        if (!young.isEmpty()) {
            browser.choose(young.strip());
        }
        browser.press(name).sees("The branch has been ended.");
    }

    @Override
    public Progress move(String queue, String id, String target) {
        message(queue, id).press("Move").enter("Queue", target).press("Move");
        return awaitEnd(progress -> {});
    }

    @Override
    public Progress deleteQueue(String queue) {
        view("queues/" + queue)
                .press("Delete queue")
                .enter("Enter " + queue + " to confirm", queue)
                .press("Delete queue");
        return awaitEnd(progress -> {});
    }

    @Override
    public List<Damage> check(String queue, Duration pause) {
        view("check")
                .enter("Queue, or all queues", queue)
                .enter("Seconds between the passes", String.valueOf(pause.toSeconds()))
                .press("Check");
        browser.await("the result", () -> browser.text(".facts").startsWith("1 queue"));
        return rows().stream().map(PageOperator::damage).toList();
    }

    private static Damage damage(Map<String, String> row) {
        return new Damage(
                Finding.Kind.valueOf(row.get("Kind").toUpperCase(Locale.ROOT).replace(' ', '_')),
                row.get("Queue"),
                row.get("Id").isEmpty() ? null : row.get("Id"),
                row.get("Repair").equals("possible"));
    }

    @Override
    public Repair repair(String queue, Duration pause) {
        long repairable =
                check(queue, pause).stream().filter(Damage::repairable).count();
        browser.press("Repair " + repairable).press("Repair").sees(" remaining.");
        Map<Boolean, List<Map<String, String>>> rows = rows().stream()
                .collect(Collectors.partitioningBy(row -> row.get("Repair").equals("repaired")));
        return new Repair(
                rows.get(true).stream().map(PageOperator::damage).toList(),
                rows.get(false).stream().map(PageOperator::damage).toList());
    }

    @Override
    public List<Entry> audit() {
        view("audit");
        return rows().stream()
                .map(row -> new Entry(
                        row.get("Who.title"),
                        row.get("Via"),
                        row.get("Action"),
                        row.get("Queue").isEmpty() ? null : row.get("Queue")))
                .toList();
    }

    private List<Map<String, String>> rows() {
        return maps(browser.run(ROWS));
    }

    private static Instant time(Map<String, String> row, String column) {
        String time = row.get(column + ".time");
        return time.isEmpty() ? null : Instant.parse(time);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, String>> maps(Object result) {
        return (List<Map<String, String>>) result;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, ?> map(Object result) {
        return (Map<String, ?>) result;
    }

    @Override
    public void close() {
        browser.close();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName();
    }
}
