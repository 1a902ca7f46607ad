import type { SupportCalendar } from '../version/support-calendar.ts';

export interface ParseOptions {
  /** What the Fleet in force allows, when the files hold only policies. Ignored where they hold a Fleet. */
  readonly allowedHosts?: readonly string[];
  /** Against which fixed targets are checked; absent: they are not. */
  readonly calendar?: SupportCalendar;
  /** Core reads no clock: without it only versions unknown to the calendar are told. */
  readonly now?: Date;
  /**
   * What a Calendar or Channel is that a policy names and that is not in the files. `warn` (default): it may be applied already.
   * `require`: the files are all there is, so it is an error. `ignore`: whoever applies them looks.
   */
  readonly references?: 'warn' | 'require' | 'ignore';
}
