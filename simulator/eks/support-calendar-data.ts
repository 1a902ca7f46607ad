/** One minor of EKS: dates are days in UTC, `patch` and `build` make the versions that servers and kubelets report. */
export type SupportCalendarRow = ReturnType<typeof row>;

/** Amazon EKS Kubernetes release calendar (facts: eks.md §1.1). Patches and platform versions are plausible, not measured. */
export const supportCalendarData: readonly SupportCalendarRow[] = [
  row('1.30', '2024-05-23', '2025-07-23', '2026-07-23', '1.30.14', '113cf36', 'eks.52'),
  row('1.31', '2024-09-26', '2025-11-26', '2026-11-26', '1.31.13', 'ecaa3a6', 'eks.48'),
  row('1.32', '2025-01-23', '2026-03-23', '2027-03-23', '1.32.9', '3025e55', 'eks.41'),
  row('1.33', '2025-05-29', '2026-07-29', '2027-07-29', '1.33.5', '3cfe0ce', 'eks.34'),
  row('1.34', '2025-10-02', '2026-12-02', '2027-12-02', '1.34.4', 'b3126f4', 'eks.27'),
  row('1.35', '2026-01-27', '2027-03-27', '2028-03-27', '1.35.3', '70ce843', 'eks.19'),
  row('1.36', '2026-06-02', '2027-08-02', '2028-08-02', '1.36.2', 'c39b1d0', 'eks.11'),
  row('1.37', '2026-10-01', '2027-12-01', '2028-12-01', '1.37.1', '8f2d9e4', 'eks.3'),
];

function row(
  minor: string,
  releaseDate: string,
  endOfStandardSupport: string,
  endOfExtendedSupport: string,
  patch: string,
  build: string,
  platformVersion: string,
) {
  return { minor, releaseDate, endOfStandardSupport, endOfExtendedSupport, patch, build, platformVersion };
}
