/** Versions that were parsed before. There are few, and they are compared all the time. */
const parsed = new Map<string, KubeVersion>();
const MOST_PARSED = 1000;

/**
 * A Kubernetes version, compared by minor. EKS, kubelets and images write it as `1.34`, `v1.34.2` or `v1.34.2-eks-abc1234`. `toString()` returns the
 * minor (`1.34`), which EKS takes and returns.
 */
export class KubeVersion {
  readonly major: number;
  readonly minor: number;
  /** Absent where the text has a minor only. */
  readonly patch: number | undefined;

  private constructor(major: number, minor: number, patch: number | undefined) {
    this.major = major;
    this.minor = minor;
    this.patch = patch;
  }

  /** Throws `InvalidVersion` for a text that is no Kubernetes version. */
  static parse(text: string): KubeVersion {
    const version = KubeVersion.tryParse(text);
    if (version !== undefined) return version;
    const message = `"${text}" is not a Kubernetes version. Write it as "1.34", "v1.34.2" or "v1.34.2-eks-abc".`;
    throw Object.assign(new Error(message), { name: 'InvalidVersion' });
  }

  static tryParse(text: string): KubeVersion | undefined {
    const known = parsed.get(text);
    if (known !== undefined) return known;
    const version = KubeVersion.#read(text);
    if (version !== undefined && parsed.size < MOST_PARSED) parsed.set(text, version);
    return version;
  }

  static #read(text: string): KubeVersion | undefined {
    const match = /^v?(\d{1,3})\.(\d{1,4})(?:\.(\d{1,5})(?:[-+][0-9A-Za-z.+-]+)?)?$/.exec(text);
    if (match === null) return undefined;
    return new KubeVersion(Number(match[1]), Number(match[2]), match[3] === undefined ? undefined : Number(match[3]));
  }

  /** Negative when this minor is older, 0 when both are the same minor. Patches do not count. */
  compare(other: KubeVersion): number {
    return this.major - other.major || this.minor - other.minor;
  }

  equals(other: KubeVersion): boolean {
    return this.compare(other) === 0;
  }

  isOlderThan(other: KubeVersion): boolean {
    return this.compare(other) < 0;
  }

  next(): KubeVersion {
    return new KubeVersion(this.major, this.minor + 1, undefined);
  }

  previous(): KubeVersion {
    return new KubeVersion(this.major, this.minor - 1, undefined);
  }

  /** How many minors this version is behind `other`; negative when it is ahead. It is meaningful within one major only. */
  minorsBehind(other: KubeVersion): number {
    return (other.major - this.major) * 1000 + (other.minor - this.minor);
  }

  /** The minors of the hops, from the next one up to `target` inclusive. Empty at the target. */
  hopsTo(target: KubeVersion): KubeVersion[] {
    const hops: KubeVersion[] = [];
    for (let hop = this.next(); hop.compare(target) <= 0 && hops.length < 100; hop = hop.next()) hops.push(hop);
    return hops;
  }

  toString(): string {
    return `${this.major}.${this.minor}`;
  }

  toJSON(): string {
    return this.toString();
  }
}
