/** The words of reports, as the whole scanner imports them. They are contracts, since config names them too. */
export * from '../../contracts/scan-words.ts';
