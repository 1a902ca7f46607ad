const units = { s: 1, m: 60, h: 3_600, d: 86_400, y: 31_536_000 };
type Unit = keyof typeof units;

/** The units of a duration up to that number of seconds. */
const steps: readonly (readonly [number, Unit, Unit?])[] = [
  [120, 's'],
  [600, 'm', 's'],
  [3 * units.h, 'm'],
  [8 * units.h, 'h', 'm'],
  [48 * units.h, 'h'],
  [8 * units.d, 'd', 'h'],
  [2 * units.y, 'd'],
  [8 * units.y, 'y', 'd'],
];

/** `5d3h`, `97s`, `2y11d`: two or three figures, like kubectl's columns. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1_000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  const [, large, small] = steps.find(([limit]) => seconds < limit) ?? [0, 'y'];
  const whole = Math.floor(seconds / units[large]);
  const rest = small === undefined ? 0 : Math.floor((seconds % units[large]) / units[small]);
  return rest === 0 ? `${whole}${large}` : `${whole}${large}${rest}${small}`;
}

/** How long ago an RFC 3339 time was. */
export const ageOf = (time: string, now: number): string => humanDuration(now - Date.parse(time));
