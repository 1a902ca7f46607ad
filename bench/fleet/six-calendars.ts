/** Nights and weekends in six zones with a freeze at each month's end and one of weeks; what a large company has. */
export const SIX_CALENDARS = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'America/Sao_Paulo',
  'Pacific/Auckland',
].map((timeZone, index) => ({
  timeZone,
  windows: [
    { name: 'nights', schedule: '0 18 * * MON-THU', duration: '14h' },
    { name: 'weekends', schedule: '0 6 * * SAT', end: '0 22 * * SUN' },
  ],
  freezes: [
    { name: 'month-end', schedule: '0 0 28 * *', duration: '4d' },
    { name: 'year-end', from: `2026-12-${15 + index}`, to: '2027-01-05' },
  ],
}));
