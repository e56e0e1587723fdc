// graphile-worker under measure: a queue, and a runner when asked for.

import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { began, concurrency, data, fail, port, serve } from '../lines.mjs';

const connectionString = `postgres://postgres@127.0.0.1:${port}/postgres`;
const logger = new Logger(() => (level, message) => { if (level === 'error') fail(message); });
const utils = await makeWorkerUtils({ connectionString, logger });
await utils.migrate();

serve({
  add: () => utils.addJob('nothing', data),
  addBulk: (count) => utils.addJobs(Array.from({ length: count }, () => ({ identifier: 'nothing', payload: data }))),
  work: () => run({ connectionString, concurrency, logger, noHandleSignals: true, taskList: { nothing: async () => began() } }),
});
