import { z } from 'zod';
import { labelMap, objectName } from './names.ts';
import { durationMilliseconds, positiveDuration } from './quantities.ts';
import { someOf } from './text.ts';

const testJobs = z
  .strictObject({
    name: objectName.describe('How they are told.'),
    namespace: objectName.describe('Where they are.'),
    labels: labelMap
      .refine((labels) => Object.keys(labels).length > 0, 'is empty: name the labels that the Jobs carry')
      .describe('Which Jobs: those that carry all of these. Jobs of a CronJob have the labels of its jobTemplate.'),
    wait: positiveDuration
      .refine((wait) => durationMilliseconds(wait) <= 2 * 3_600_000, 'is longer than 2h')
      .default('30m')
      .describe(
        'So long the smoke check waits at most for one that has begun after the hop to end, and where it has failed for another one, up to 2h: one run alone fails no hop.',
      ),
  })
  .describe('Of one test, however many Jobs run it one after the other.');

export const testJobsSchema = someOf(testJobs, 5, 'tests', 'is empty: leave it out where no Jobs test the cluster')
  .refine(
    (jobs) => new Set(jobs.map(({ name }) => name)).size === jobs.length,
    'uses a name twice: results are told apart by it',
  )
  .describe('Jobs of your own that test what runs in the cluster, compared before and after a hop; absent = none.');
