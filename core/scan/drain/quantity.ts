const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  m: 1e-3,
  u: 1e-6,
  n: 1e-9,
};

/** A Kubernetes quantity (`500m`, `1.5Gi`, `2e3`) as a number; undefined for what is none. */
function quantityOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const [, number = '', suffix = ''] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([kMGTPmun]?i?)$/.exec(value) ?? [];
  const factor = FACTORS[suffix];
  return number === '' || factor === undefined ? undefined : Number(number) * factor;
}

export const bytesOf = (value: unknown): number | undefined => quantityOf(value);

export function millicoresOf(value: unknown): number | undefined {
  const cores = quantityOf(value);
  return cores === undefined ? undefined : Math.round(cores * 1_000);
}
