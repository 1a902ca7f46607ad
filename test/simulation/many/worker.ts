import { parentPort } from 'node:worker_threads';
import type { Job } from './batch.ts';
import { runJob } from './run-job.ts';

/** Runs the jobs in the order of their arrival. */
parentPort?.on('message', async (job: Job) => {
  parentPort?.postMessage(await runJob(job));
});
