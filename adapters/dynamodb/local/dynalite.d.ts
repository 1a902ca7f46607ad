/** The parts of dynalite 4.0.0 (pinned) that the layer builds on; the package brings no types. */
declare module 'dynalite/db/index.js' {
  const db: import('./dynalite-store.ts').DynaliteDatabase;
  export default db;
}
declare module 'dynalite/validations/index.js' {
  const validations: import('./dynalite-store.ts').DynaliteValidations;
  export default validations;
}
declare module 'dynalite/validations/putItem.js' {
  const validation: import('./dynalite-store.ts').OperationValidation;
  export default validation;
}
declare module 'dynalite/validations/updateItem.js' {
  const validation: import('./dynalite-store.ts').OperationValidation;
  export default validation;
}
declare module 'dynalite/validations/deleteItem.js' {
  const validation: import('./dynalite-store.ts').OperationValidation;
  export default validation;
}
declare module 'dynalite/actions/putItem.js' {
  const action: import('./dynalite-store.ts').DynaliteAction;
  export default action;
}
declare module 'dynalite/actions/updateItem.js' {
  const action: import('./dynalite-store.ts').DynaliteAction;
  export default action;
}
declare module 'dynalite/actions/deleteItem.js' {
  const action: import('./dynalite-store.ts').DynaliteAction;
  export default action;
}
