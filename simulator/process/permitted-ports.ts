import type { FunctionNeeds } from '../../core/contracts/function-needs.ts';
import { MACHINE_NAMES } from '../../core/contracts/names.ts';
import type { Ports } from '../../core/ports/ports.ts';
import type { Table, WriteOperation } from '../../core/ports/table.ts';

/**
 * The ports as the role of a function has them: what its needs (core/contracts/function-needs.ts) do not name fails like a call that IAM denies.
 * Which calls of EKS and other services the spoke roles allow, only the local cloud knows.
 *
 * @param tell hears of each refusal, since some callers take a denial for an answer
 */
export function permittedPorts(ports: Ports, needs: FunctionNeeds, tell: (refused: string) => void): Ports {
  const refuse = (what: string): never => {
    tell(what);
    throw Object.assign(new Error(`No policy of this function's role allows ${what}.`), {
      name: 'AccessDeniedException',
    });
  };
  /** A port of which each request fails. To open a connection, and to close it, are no requests. */
  const refused = <Port extends object>(name: string): Port =>
    new Proxy({} as Port, {
      get: (_, call) => {
        if (call === 'open') return () => refused(name);
        return call === 'close' ? () => {} : async () => refuse(`${name}.${String(call)}`);
      },
    });
  const grantedIf = <Port extends object>(granted: boolean | undefined, name: string, port: Port): Port =>
    granted === true ? port : refused(name);
  const { executions, gates, hooks, addresses, silences } = ports;
  const spoke = needs.assumesSpokeRole;
  return {
    ...ports,
    table: permittedTable(ports.table, needs, refuse),
    eks: grantedIf(spoke, 'eks', ports.eks),
    mutator: grantedIf(spoke, 'mutator', ports.mutator),
    ec2: grantedIf(spoke, 'ec2', ports.ec2),
    templates: grantedIf(spoke, 'templates', ports.templates),
    account: grantedIf(spoke, 'account', ports.account),
    clusters: grantedIf(spoke, 'clusters', ports.clusters),
    readers: grantedIf(spoke, 'readers', ports.readers),
    prometheus: grantedIf(spoke, 'prometheus', ports.prometheus),
    silences: grantedIf(spoke || needs.readsAlarms, 'silences', silences),
    nodes: grantedIf(needs.assumesOperateRole, 'nodes', ports.nodes),
    jobs: grantedIf(needs.assumesHookRole, 'jobs', ports.jobs),
    events: grantedIf(needs.publishes, 'events', ports.events),
    queue: grantedIf(needs.queue === 'send', 'queue', ports.queue),
    organization: grantedIf(needs.listsAccounts, 'organization', ports.organization),
    executions: {
      arnFor: (machine, name) => executions.arnFor(machine, name),
      start: async (machine, name, input) => {
        if (needs.starts?.includes(machine) !== true) refuse(`states:StartExecution on ${machine}`);
        return executions.start(machine, name, input);
      },
      describe: async (arn) => {
        const machine = MACHINE_NAMES.find((one) => arn.includes(`:liftlock-${one}:`));
        if (machine === undefined || needs.describes?.includes(machine) !== true)
          refuse(`states:DescribeExecution on ${arn}`);
        return executions.describe(arn);
      },
    },
    gates: {
      read: async (gate, hosts) => {
        if ('alarm' in gate && needs.readsAlarms !== true) refuse('cloudwatch:DescribeAlarms');
        if ('webhook' in gate && needs.asksWebhooks !== true) refuse('secretsmanager:GetSecretValue');
        return gates.read(gate, hosts);
      },
    },
    hooks: {
      ask: async (receiver, hosts, request) => {
        const granted = 'webhook' in receiver ? needs.asksWebhooks : needs.asksHooks;
        if (granted !== true) refuse(`asking the hook ${request.hook}`);
        return hooks.ask(receiver, hosts, request);
      },
    },
    addresses: {
      send: async (address, hosts, news) => {
        const granted = 'topic' in address ? needs.tellsOwners : needs.asksWebhooks;
        if (granted !== true) refuse(`sending to ${Object.values(address)[0]}`);
        return addresses.send(address, hosts, news);
      },
    },
  };
}

/** Everybody reads by key. */
function permittedTable(table: Table, needs: FunctionNeeds, refuse: (what: string) => never): Table {
  const { indexes = [], writes, checks, audits } = needs;
  const mayWrite = (one: WriteOperation): boolean => {
    if (one.type === 'check') return checks === true;
    if (one.type === 'append') return audits === true;
    return one.expect === 'any' ? writes === 'overwrite' : writes !== undefined;
  };
  return {
    get: (key) => table.get(key),
    getAll: (keys) => table.getAll(keys),
    queryPartition: (pk, skPrefix) => table.queryPartition(pk, skPrefix),
    queryActive: async () => (indexes.includes('active') ? table.queryActive() : refuse('the index active')),
    queryKind: async (kind) => (indexes.includes('kind') ? table.queryKind(kind) : refuse(`the index kind of ${kind}`)),
    transact: async (operations) => {
      const refused = operations.find((one) => !mayWrite(one));
      if (refused !== undefined)
        refuse(`to ${refused.type} ${'item' in refused ? JSON.stringify(refused.item) : refused.key.pk}`);
      return table.transact(operations);
    },
    auditHead: async (subject) => (audits === true ? table.auditHead(subject) : refuse(`the audit of ${subject}`)),
    auditOf: async (subject) => (audits === true ? table.auditOf(subject) : refuse(`the audit of ${subject}`)),
    auditSince: () => refuse('a scan of the audit'),
  };
}
