const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** What lies less than that ahead is now: no two clocks agree, and time in the local cloud runs on while a command prints. */
const AHEAD_MILLISECONDS = 60_000;

/** `in 3h12m`, `5m ago`, `-` for none, `never` for 1970: what tables show. JSON has the instants themselves. */
export function relativeTime(at: string | null | undefined, now: Date): string {
  if (at === null || at === undefined) return '-';
  if (Date.parse(at) === 0) return 'never';
  const milliseconds = Date.parse(at) - now.getTime();
  if (Number.isNaN(milliseconds)) return at;
  const text = duration(Math.abs(milliseconds) / 1000);
  if (text === '0s' || (milliseconds > 0 && milliseconds < AHEAD_MILLISECONDS)) return 'now';
  return milliseconds > 0 ? `in ${text}` : `${text} ago`;
}

/** The two largest units: `3h12m`, `12d`, `45s`. */
function duration(seconds: number): string {
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 && parts.length < 2) parts.push(`${count}${unit}`);
    else if (parts.length > 0) break;
  }
  return parts.join('') || '0s';
}
