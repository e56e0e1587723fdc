// graphile-worker under measure: a queue, and a runner when asked for. The lines in and out are those of ../bullmq/bench.mjs.

import { createInterface } from 'node:readline';
import { Logger, makeWorkerUtils, run } from 'graphile-worker';

const [port, concurrency, payload] = process.argv.slice(2).map(Number);
const connectionString = `postgres://postgres@127.0.0.1:${port}/postgres`;
const data = payload === 0 ? {} : { text: 'x'.repeat(payload) };
const logger = new Logger(() => (level, message) => { if (level === 'error') tell(`e ${message.replaceAll('\n', ' ')}`); });
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
const utils = await makeWorkerUtils({ connectionString, logger });
await utils.migrate();

async function startWorker() {
  await run({
    connectionString, concurrency, logger, noHandleSignals: true,
    taskList: { nothing: async () => { ran++; plan(); } },
  });
  tell('w');
}

function obey(line) {
  if (line === 'a') utils.addJob('nothing', data).then(() => tell('a'), fail);
  else if (line === 'w') startWorker().catch(fail);
  else if (line.startsWith('b ')) {
    const jobs = Array.from({ length: Number(line.slice(2)) }, () => ({ identifier: 'nothing', payload: data }));
    utils.addJobs(jobs).then(() => tell('b'), fail);
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', obey);
lines.on('close', () => process.exit(0));
