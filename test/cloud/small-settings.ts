/** What the small fleet's installation is synthesized with: as its Fleet says. */
export const SMALL_SETTINGS = { accounts: ['111111111111', '222222222222'], externalId: 'small' };
