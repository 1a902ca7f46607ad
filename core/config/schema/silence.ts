import { z } from 'zod';
import { UPGRADING_FUNCTIONS } from '../../contracts/names.ts';
import { listOf, someOf, someText } from './names.ts';
import { durationMilliseconds, positiveDuration } from './quantities.ts';

/** The most alarms of one mute rule: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MuteTargets.html */
const MOST_ALARMS = 100;
const LONGEST_HOURS = 24;
const MINUTE = 60_000;

const alarmName = someText(255)
  .regex(
    /^(?!arn:)[^\p{C}]+$/u,
    "is not the name of an alarm: it is one of the cluster's own account and Region, without an ARN",
  )
  .describe("The name of an alarm of the cluster's own account and Region; {cluster} stands for the cluster's name.");

const silenceSchema = z
  .strictObject({
    alarms: someOf(alarmName, MOST_ALARMS, 'alarms', 'is empty: name at least one alarm, or leave the rule out')
      .refine((names) => new Set(names).size === names.length, 'names an alarm twice')
      .describe('CloudWatch alarms, metric or composite, that carry the tag liftlock:silence=allowed.'),
    during: z
      .array(
        z.enum(UPGRADING_FUNCTIONS, `is no step that silences alarms; there are ${UPGRADING_FUNCTIONS.join(', ')}`),
      )
      .min(1, 'is empty: name at least one step')
      .refine((steps) => new Set(steps).size === steps.length, 'names a step twice')
      .describe('The steps during which their actions are silenced.'),
    longest: positiveDuration
      .refine((text) => durationMilliseconds(text) >= MINUTE, 'is shorter than a minute, which CloudWatch takes least')
      .refine(
        (text) => durationMilliseconds(text) <= LONGEST_HOURS * 60 * MINUTE,
        `is longer than ${LONGEST_HOURS} hours`,
      )
      .default('4h')
      .describe('So long after it began a silence ends by itself, also where the step goes on. At most 24h.'),
  })
  .describe('Alarms that take no actions during steps.');

/** All rules for one step become one mute rule of CloudWatch. */
export const silencesSchema = listOf(silenceSchema, 10, 'rules')
  .superRefine((rules, context) => {
    for (const step of UPGRADING_FUNCTIONS) {
      const ofStep = rules.filter(({ during }) => during.includes(step));
      const names = new Set(ofStep.flatMap(({ alarms }) => alarms));
      if (names.size > MOST_ALARMS)
        context.addIssue({
          code: 'custom',
          message: `silences ${names.size} alarms during ${step}; CloudWatch takes ${MOST_ALARMS} in one mute rule`,
        });
    }
  })
  .describe(
    'CloudWatch alarms whose actions are silenced while a step changes a cluster, and no longer. Absent = none.',
  );
