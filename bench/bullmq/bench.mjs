// BullMQ under measure: a queue, and a worker when asked for.

import { Queue, Worker } from 'bullmq';
import { began, concurrency, data, fail, port, serve } from '../lines.mjs';

const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
const queue = new Queue('bench', { connection });
queue.on('error', fail);

serve({
  add: () => queue.add('nothing', data),
  addBulk: (count) => queue.addBulk(Array.from({ length: count }, () => ({ name: 'nothing', data }))),
  work: async () => {
    const worker = new Worker('bench', async () => began(), { connection, concurrency });
    worker.on('error', fail);
    await worker.waitUntilReady();
  },
});
