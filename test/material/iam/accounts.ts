/** Where Liftlock runs, and one of the accounts that it upgrades. */
export const HUB = '111111111111';
export const SPOKE = '222222222222';
export const REGION = 'eu-west-1';
export const NOW = new Date('2026-03-01T12:00:00.000Z');
