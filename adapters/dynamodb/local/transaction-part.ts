import deleteItem from 'dynalite/actions/deleteItem.js';
import putItem from 'dynalite/actions/putItem.js';
import updateItem from 'dynalite/actions/updateItem.js';
import db from 'dynalite/db/index.js';
import deleteItemValidation from 'dynalite/validations/deleteItem.js';
import validations from 'dynalite/validations/index.js';
import putItemValidation from 'dynalite/validations/putItem.js';
import updateItemValidation from 'dynalite/validations/updateItem.js';
import type {
  BufferingStore,
  DynaliteAction,
  DynaliteStore,
  DynaliteTable,
  Item,
  OperationValidation,
} from './dynalite-store.ts';

/** One write of a transaction, validated by dynalite's own rules. */
export interface TransactionPart {
  readonly table: string;
  /** dynalite's key of the item inside its table. */
  readonly key: string;
  /** Checks the condition and notes the write; fails with dynalite's own error. */
  run(store: BufferingStore): Promise<void>;
}

const KINDS: Readonly<Record<string, { validation: OperationValidation; action: DynaliteAction }>> = {
  Put: { validation: putItemValidation, action: putItem },
  Update: { validation: updateItemValidation, action: updateItem },
  Delete: { validation: deleteItemValidation, action: deleteItem },
  // A check is a delete that stops after its condition.
  ConditionCheck: { validation: deleteItemValidation, action: checkCondition },
};

/** Fails with an answer (`ValidationException`, `ResourceNotFoundException`) when the part cannot be run at all. */
export async function readPart(store: DynaliteStore, part: Readonly<Record<string, Item>>): Promise<TransactionPart> {
  const [name = '', request = {}] = Object.entries(part)[0] ?? [];
  const kind = KINDS[name];
  if (kind === undefined) throw validationAnswer('TransactItems can only contain one of Check, Put, Update or Delete');
  const { types, custom } = kind.validation;
  const data = validations.checkTypes({ ...request }, types);
  validations.checkValidations(data, types, custom, store);
  const table = await tableOf(store, String(data.TableName));
  const key = db.createKey((data.Key ?? data.Item) as Item, table);
  if (key instanceof Error) throw key;
  return {
    table: table.TableName,
    key,
    run: (buffer) =>
      new Promise((resolve, reject) => kind.action(buffer, data, (error) => (error ? reject(error) : resolve()))),
  };
}

function checkCondition(...[store, data, done]: Parameters<DynaliteAction>): void {
  const { TableName } = data as { TableName: string };
  store.getTable(TableName, (error, table) => {
    if (error || table === undefined) return done(error);
    const invalid = db.validateKey(data.Key as Item, table);
    if (invalid) return done(invalid);
    const key = db.createKey(data.Key as Item, table);
    if (key instanceof Error) return done(key);
    store.getItemDb(TableName).get(key, (failure, existing) => {
      if (failure && failure.name !== 'NotFoundError') return done(failure);
      done(db.checkConditional(data, existing));
    });
  });
}

function tableOf(store: DynaliteStore, name: string): Promise<DynaliteTable> {
  return new Promise((resolve, reject) =>
    store.getTable(name, (error, table) =>
      table === undefined ? reject(error ?? new Error(`${name} has no description`)) : resolve(table),
    ),
  );
}

export function validationAnswer(message: string): Error {
  return Object.assign(new Error(message), {
    statusCode: 400,
    body: { __type: 'com.amazon.coral.validate#ValidationException', message },
  });
}
