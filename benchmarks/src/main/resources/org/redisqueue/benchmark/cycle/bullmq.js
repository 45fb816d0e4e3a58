// SPDX-License-Identifier: Apache-2.0
// Takes commands by its standard input: "send <count> <body>", "bulk <count> <per call> <body>",
// "drain <count>". Prints how far it has come, and "done".
const readline = require('readline');
const { Queue, Worker } = require('bullmq');

const connection = { host: '127.0.0.1', port: Number(process.argv[2]), maxRetriesPerRequest: null };
const concurrency = Number(process.argv[3]);
const queue = new Queue('cycle', { connection });

async function send(count, body) {
  let left = count;
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (left-- > 0) {
      await queue.add('message', body, { removeOnComplete: true });
    }
  }));
}

async function bulk(count, size, body) {
  let left = count;
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (left > 0) {
      const length = Math.min(size, left);
      left -= length;
      await queue.addBulk(Array.from({ length }, () => ({ name: 'message', data: body, opts: { removeOnComplete: true } })));
    }
  }));
}

async function drain(count) {
  let done = 0;
  const worker = new Worker('cycle', async () => {}, { connection, concurrency, autorun: false });
  const drained = new Promise(resolve => worker.on('completed', () => {
    done++;
    if (done % 100 === 0) {
      console.log(done);
    }
    if (done === count) {
      resolve();
    }
  }));
  worker.run();
  await drained;
  await worker.close();
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [command, count, ...more] = line.split(' ');
    switch (command) {
      case 'send': await send(Number(count), more[0]); break;
      case 'bulk': await bulk(Number(count), Number(more[0]), more[1]); break;
      default: await drain(Number(count));
    }
    console.log('done');
  }
})();
