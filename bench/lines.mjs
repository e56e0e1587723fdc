// How a system for Node is put under measure: by lines, which it is told and tells. Started with its server's port, the worker's concurrency and the payload's
// length.
//
// Lines in:   a          add one job                     Lines out:  a      one was added
//             b N        add N jobs in bulk                          b      they were
//             w          start the worker                            w      it is ready
//                                                                    r N    N more jobs have begun
//                                                                    e TEXT something failed
//
// Lines are gathered and written once per turn of the event loop, so that telling of jobs costs little beside running them.

import { createInterface } from 'node:readline';

export const [port, concurrency, payload] = process.argv.slice(2).map(Number);
export const data = payload === 0 ? {} : { text: 'x'.repeat(payload) };

let begun = 0;
let out = '';
let isPlanned = false;

function plan() {
  if (isPlanned) return;
  isPlanned = true;
  setImmediate(flush);
}

function flush() {
  isPlanned = false;
  if (begun > 0) {
    out += `r ${begun}\n`;
    begun = 0;
  }
  process.stdout.write(out);
  out = '';
}

function tell(line) {
  out += line + '\n';
  plan();
}

// Jobs have begun.
export function began(count = 1) {
  begun += count;
  plan();
}

export const fail = (error) => tell(`e ${String(error?.message ?? error).replaceAll('\n', ' ')}`);

// Does what it is told: add one job, add so many, start the worker; each gives a promise.
export function serve({ add, addBulk, work }) {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    if (line === 'a') add().then(() => tell('a'), fail);
    else if (line === 'w') work().then(() => tell('w'), fail);
    else if (line.startsWith('b ')) addBulk(Number(line.slice(2))).then(() => tell('b'), fail);
  });
  lines.on('close', () => process.exit(0));
}
