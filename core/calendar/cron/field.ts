/** One of the five fields of cron: its smallest and largest value, and the names of its values. */
export interface Field {
  readonly title: string;
  readonly least: number;
  readonly most: number;
  /** In lower case; the first name is that of `least`. */
  readonly names: readonly string[];
}

export const FIELDS = {
  minute: { title: 'minute', least: 0, most: 59, names: [] },
  hour: { title: 'hour', least: 0, most: 23, names: [] },
  dayOfMonth: { title: 'day of month', least: 1, most: 31, names: [] },
  month: { title: 'month', least: 1, most: 12, names: words('jan feb mar apr may jun jul aug sep oct nov dec') },
  // 7 is Sunday too, as in other systems; only robfig/cron refuses it.
  dayOfWeek: { title: 'day of week', least: 0, most: 7, names: words('sun mon tue wed thu fri sat') },
} as const satisfies Record<string, Field>;

function words(text: string): readonly string[] {
  return text.split(' ');
}

/** A text that cannot be read as cron; the message continues "<path>: ". */
export class CronProblem extends Error {}

/** The values of one item of a list: `*`, `5`, `MON`, `1-5`, each with or without `/step`. Throws CronProblem. */
export function valuesOf(item: string, field: Field): readonly number[] {
  const [range = '', step, ...more] = item.split('/');
  if (more.length > 0) throw new CronProblem(`has two steps in "${item}" (${field.title})`);
  const [first, last] = boundsOf(range, item, field);
  if (step === undefined) return sequence(first, last, 1);
  if (range !== '*' && !range.includes('-')) {
    throw new CronProblem(`has a step after one value in "${item}" (${field.title}): write */n or a-b/n`);
  }
  if (!/^\d{1,3}$/.test(step) || Number(step) === 0 || Number(step) > count(field)) {
    throw new CronProblem(`has the step "${step}" in "${item}", and the ${field.title} takes 1 to ${count(field)}`);
  }
  return sequence(first, last, Number(step));
}

function boundsOf(range: string, item: string, field: Field): readonly [number, number] {
  if (range === '*') return [field.least, field.most];
  const [first = '', last = first, ...more] = range.split('-');
  if (more.length > 0 || first === '' || last === '') {
    throw new CronProblem(`has "${item}" as ${field.title}, which is no value, range or list`);
  }
  const from = readValue(first, field);
  // A range may end on Sunday as well as begin on it: FRI-SUN, 6-7.
  const to = field.names.length === 7 && /^sun$/i.test(last) && from > 0 ? 7 : readValue(last, field);
  if (from > to) {
    const split = `${first}-${limit(field.most, field)},${limit(field.least, field)}-${last}`;
    throw new CronProblem(`has the range ${range} (${field.title}), which runs backwards: write ${split}`);
  }
  return [from, to];
}

export function readValue(text: string, field: Field): number {
  const named = field.names.indexOf(text.toLowerCase());
  if (named >= 0) return field.least + named;
  if (!/^\d{1,4}$/.test(text)) {
    const names = field.names.length === 0 ? '' : ` or a name (${field.names.join(', ').toUpperCase()})`;
    throw new CronProblem(`has "${text}" as ${field.title}, which is no number${names}`);
  }
  const value = Number(text);
  if (value < field.least || value > field.most) {
    throw new CronProblem(`has ${text} as ${field.title}, which goes from ${field.least} to ${field.most}`);
  }
  return value;
}

function sequence(first: number, last: number, step: number): number[] {
  const values: number[] = [];
  for (let value = first; value <= last; value += step) values.push(value);
  return values;
}

const count = (field: Field): number => (field.names.length === 7 ? 7 : field.most - field.least + 1);

const limit = (value: number, field: Field): string =>
  (field.names.length === 7 ? field.names[value % 7] : field.names[value - field.least])?.toUpperCase() ??
  String(value);
