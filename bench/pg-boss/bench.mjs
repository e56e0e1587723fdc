// pg-boss under measure: a queue, and workers when asked for. The lines in and out are those of ../bullmq/bench.mjs.
// Its workers take one job every two seconds unless told otherwise: it gets its shortest interval, and takes as many at once as there are handlers.

import { createInterface } from 'node:readline';
import PgBoss from 'pg-boss';

const [port, concurrency, payload] = process.argv.slice(2).map(Number);
const data = payload === 0 ? {} : { text: 'x'.repeat(payload) };
const boss = new PgBoss(`postgres://postgres@127.0.0.1:${port}/postgres`);
let ran = 0;
let out = '';
let isPlanned = false;

function plan() {
  if (isPlanned) return;
  isPlanned = true;
  setImmediate(flush);
}

function flush() {
  isPlanned = false;
  if (ran > 0) {
    out += `r ${ran}\n`;
    ran = 0;
  }
  process.stdout.write(out);
  out = '';
}

function tell(line) {
  out += line + '\n';
  plan();
}

const fail = (error) => tell(`e ${String(error?.message ?? error).replaceAll('\n', ' ')}`);
boss.on('error', fail);
await boss.start();
await boss.createQueue('nothing');

async function startWorker() {
  await boss.work('nothing', { batchSize: concurrency, pollingIntervalSeconds: 0.5 }, async (jobs) => {
    ran += jobs.length;
    plan();
  });
  tell('w');
}

function obey(line) {
  if (line === 'a') boss.send('nothing', data).then(() => tell('a'), fail);
  else if (line === 'w') startWorker().catch(fail);
  else if (line.startsWith('b ')) {
    const jobs = Array.from({ length: Number(line.slice(2)) }, () => ({ name: 'nothing', data }));
    boss.insert(jobs).then(() => tell('b'), fail);
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', obey);
lines.on('close', () => process.exit(0));
