import { namedError, TABLE_DENIED } from '../../../core/contracts/errors.ts';
import type { Ports } from '../../../core/ports/ports.ts';
import type { Table, WriteOperation } from '../../../core/ports/table.ts';
import { type Around, underWay } from './fault-ports.ts';
import type { HUB_OPERATIONS } from './hub-operations.ts';
import { type FaultOf, faultsOf, type PlannedFault } from './planned-fault.ts';

type HubOperation = (typeof HUB_OPERATIONS)[number];

/** The members of a port that call each operation. */
const MEMBERS: Readonly<
  Record<HubOperation, readonly [port: 'table' | 'executions' | 'events' | 'queue', members: readonly string[]]>
> = {
  TransactWriteItems: ['table', ['transact']],
  GetItem: ['table', ['get']],
  BatchGetItem: ['table', ['getAll']],
  Query: ['table', ['queryPartition', 'queryActive', 'queryKind', 'auditHead', 'auditOf']],
  StartExecution: ['executions', ['start']],
  DescribeExecution: ['executions', ['describe']],
  PutEvents: ['events', ['publish']],
  SendMessage: ['queue', ['send']],
};

/** Denies functions of the hub their own operations, and answers their transactions, by the faults of the minute. */
export function hubFaults(planned: readonly PlannedFault[], minuteNow: () => number): Around {
  const denials = faultsOf(planned, 'hub-denied');
  const answers = faultsOf(planned, 'transactions');
  if (denials.length === 0 && answers.length === 0) return (ports) => ports;
  return (ports, { function: name }) => {
    const concerns = (fault: { readonly function?: string | undefined }) => (fault.function ?? name) === name;
    const own = answers.filter(concerns);
    let around: Ports = own.length === 0 ? ports : { ...ports, table: answering(ports.table, own, minuteNow) };
    for (const fault of denials.filter(concerns)) around = denying(around, fault, name, minuteNow);
    return around;
  };
}

function denying(ports: Ports, fault: FaultOf<'hub-denied'>, name: string, minuteNow: () => number): Ports {
  const [port, members] = MEMBERS[fault.operation];
  const denied = new Proxy<object>(ports[port], {
    get: (target, member) => {
      const found: unknown = Reflect.get(target, member);
      if (typeof found !== 'function') return found;
      return (...parameters: unknown[]) => {
        if (!members.includes(String(member)) || underWay([fault], minuteNow()) === undefined)
          return Reflect.apply(found, target, parameters);
        const said = `${name} is not authorized to perform: ${fault.operation}`;
        return Promise.reject(
          Object.assign(new Error(said), { name: port === 'table' ? TABLE_DENIED : 'AccessDeniedException' }),
        );
      };
    },
  });
  return { ...ports, [port]: denied };
}

function answering(table: Table, faults: readonly FaultOf<'transactions'>[], minuteNow: () => number): Table {
  const transact = async (operations: readonly WriteOperation[]): Promise<void> => {
    const fault = underWay(
      faults.filter(({ entity }) => entity === undefined || writes(operations, entity)),
      minuteNow(),
    );
    if (fault?.answer === 'too-large')
      throw namedError('InvalidTransaction', 'Item size has exceeded the maximum allowed size');
    if (fault?.answer !== 'conflict') await table.transact(operations);
    if (fault !== undefined) throw namedError('TransactionConflict', 'The transaction is already in progress');
  };
  return new Proxy(table, {
    get: (target, member) => {
      if (member === 'transact') return transact;
      const found: unknown = Reflect.get(target, member);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
}

const writes = (operations: readonly WriteOperation[], kind: string): boolean =>
  operations.some((operation) => operation.type === 'put' && operation.item.kind === kind);
