import { Worker } from 'node:worker_threads';
import type { Job, Report } from './batch.ts';

/** Most objects are short-lived: with enough room hardly any is copied to the old generation. In MiB. */
const YOUNG_GENERATION = 64;

/** Runs all jobs on this number of cores, and passes on each report when it arrives. */
export async function runJobs(jobs: readonly Job[], cores: number, tell: (report: Report) => void): Promise<void> {
  const waiting = [...jobs];
  await Promise.all(Array.from({ length: Math.min(cores, jobs.length) }, () => workThrough(waiting, tell)));
}

async function workThrough(waiting: Job[], tell: (report: Report) => void): Promise<void> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION },
  });
  try {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) tell(await ask(worker, job));
  } finally {
    await worker.terminate();
  }
}

function ask(worker: Worker, job: Job): Promise<Report> {
  return new Promise((resolve, reject) => {
    const done = (end: () => void) => {
      worker.off('message', answered);
      worker.off('error', died);
      end();
    };
    const answered = (report: Report) => done(() => resolve(report));
    const died = (error: unknown) => done(() => reject(error));
    worker.on('message', answered);
    worker.on('error', died);
    worker.postMessage(job);
  });
}
