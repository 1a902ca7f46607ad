/**
 * The Kubernetes versions of Amazon EKS, as its documentation prints them (dates are UTC, each the beginning of that
 * day): https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html, read 2026-10. Data only: what a
 * Region answers to DescribeClusterVersions wins over it.
 *
 * 1.30 is no longer listed with all its dates: end of extended support is documented, the others follow from the rule of
 * 14 months standard and 12 months extended support. It is kept so that clusters there show since when they are late.
 */
export const eksVersions = [
  { version: '1.30', release: '2024-05-23', endOfStandardSupport: '2025-07-23', endOfExtendedSupport: '2026-07-23' },
  { version: '1.31', release: '2024-09-26', endOfStandardSupport: '2025-11-26', endOfExtendedSupport: '2026-11-26' },
  { version: '1.32', release: '2025-01-23', endOfStandardSupport: '2026-03-23', endOfExtendedSupport: '2027-03-23' },
  { version: '1.33', release: '2025-05-29', endOfStandardSupport: '2026-07-29', endOfExtendedSupport: '2027-07-29' },
  { version: '1.34', release: '2025-10-02', endOfStandardSupport: '2026-12-02', endOfExtendedSupport: '2027-12-02' },
  { version: '1.35', release: '2026-01-27', endOfStandardSupport: '2027-03-27', endOfExtendedSupport: '2028-03-27' },
  { version: '1.36', release: '2026-06-02', endOfStandardSupport: '2027-08-02', endOfExtendedSupport: '2028-08-02' },
  { version: '1.37', release: '2026-10-01', endOfStandardSupport: '2027-12-01', endOfExtendedSupport: '2028-12-01' },
] as const;
