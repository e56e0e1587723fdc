// pg-boss under measure: a queue, and a worker when asked for. That takes one job every two seconds unless told otherwise: it gets its shortest interval, and
// takes as many at once as there are handlers.

import PgBoss from 'pg-boss';
import { began, concurrency, data, fail, port, serve } from '../lines.mjs';

const boss = new PgBoss(`postgres://postgres@127.0.0.1:${port}/postgres`);
boss.on('error', fail);
await boss.start();
await boss.createQueue('nothing');

serve({
  add: () => boss.send('nothing', data),
  addBulk: (count) => boss.insert(Array.from({ length: count }, () => ({ name: 'nothing', data }))),
  work: () => boss.work('nothing', { batchSize: concurrency, pollingIntervalSeconds: 0.5 }, async (jobs) => began(jobs.length)),
});
