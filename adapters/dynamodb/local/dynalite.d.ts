/** The parts of dynalite 4.0.0 (pinned) that the layer builds on; the package brings no types. */
declare module 'dynalite/db/index.js' {
  const db: import('./dynalite-store.ts').DynaliteDatabase;
  export default db;
}
declare module 'dynalite/validations/index.js' {
  const validations: import('./dynalite-store.ts').DynaliteValidations;
  export default validations;
}
