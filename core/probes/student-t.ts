/** The probability that a Student's t with so many degrees of freedom is larger than `t`. */
export function upperTail(t: number, freedom: number): number {
  const half = betaRatio(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  return t >= 0 ? half : 1 - half;
}

/** The t that is exceeded with this probability: the inverse of `upperTail`. */
export function criticalT(chance: number, freedom: number): number {
  let [low, high] = [0, 10_000];
  for (let round = 0; round < 60; round += 1) {
    const middle = (low + high) / 2;
    if (upperTail(middle, freedom) > chance) low = middle;
    else high = middle;
  }
  return high;
}

/** The regularized incomplete beta function, by its continued fraction (Numerical Recipes, 6.4). */
function betaRatio(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaRatio(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 200; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-12) break;
  }
  return (front * fraction) / a;
}

/** By Lanczos, for arguments of one half and more. */
function logGamma(z: number): number {
  const series = LANCZOS.reduce((sum, coefficient, index) => sum + coefficient / (z + index), 1.000000000190015);
  const shifted = z + 4.5;
  return (z - 0.5) * Math.log(shifted) - shifted + Math.log(2.5066282746310007 * series);
}
const LANCZOS = [
  76.18009172947146, -86.50532032941678, 24.01409824083091, -1.231739572450155, 0.1208650973866179e-2,
  -0.5395239384953e-5,
];
