// BullMQ under measure: a queue, and a worker when asked for. Started with the server's port, the worker's concurrency and the payload's length.
//
// Lines in:   a          add one job                     Lines out:  a      one was added
//             b N        add N jobs with addBulk                     b      they were
//             w          start the worker                            w      it is ready
//                                                                    r N    N more jobs have begun
//                                                                    e TEXT something failed
//
// Lines are gathered and written once per turn of the event loop, so that telling of jobs costs little beside running them.

import { createInterface } from 'node:readline';
import { Queue, Worker } from 'bullmq';

const [port, concurrency, payload] = process.argv.slice(2).map(Number);
const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
const data = payload === 0 ? {} : { text: 'x'.repeat(payload) };
const queue = new Queue('bench', { connection });
let worker;
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

async function startWorker() {
  worker = new Worker('bench', async () => {
    ran++;
    plan();
  }, { connection, concurrency });
  worker.on('error', fail);
  await worker.waitUntilReady();
  tell('w');
}

function obey(line) {
  if (line === 'a') queue.add('nothing', data).then(() => tell('a'), fail);
  else if (line === 'w') startWorker().catch(fail);
  else if (line.startsWith('b ')) {
    const jobs = Array.from({ length: Number(line.slice(2)) }, () => ({ name: 'nothing', data }));
    queue.addBulk(jobs).then(() => tell('b'), fail);
  }
}

queue.on('error', fail);
const lines = createInterface({ input: process.stdin });
lines.on('line', obey);
lines.on('close', () => process.exit(0));
