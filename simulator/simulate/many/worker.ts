import { parentPort } from 'node:worker_threads';
import type { Job } from './batch.ts';
import { runJob } from './run-job.ts';

/** Runs one job after the other, as they come. */
parentPort?.on('message', async (job: Job) => {
  parentPort?.postMessage(await runJob(job));
});
