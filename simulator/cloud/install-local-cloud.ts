import { DynamoTable } from '../../adapters/dynamodb/dynamo-table.ts';
import { localAdministrator } from '../iam/principals/local-administrator.ts';
import { CloudApis } from './api/cloud-apis.ts';
import type { CloudOptions } from './cloud-options.ts';
import type { CloudParts } from './cloud-parts.ts';
import { startCloudWire } from './cloud-wire.ts';
import { installStack } from './install/install-stack.ts';
import { Functions } from './lambda/functions.ts';
import { lambdaService } from './lambda/lambda-service.ts';
import { LocalCloud } from './local-cloud.ts';
import { addFunction } from './receivers/serve-lambda.ts';
import { clientHere } from './tables/client-here.ts';
import { ExpirySweep } from './tables/expiry-sweep.ts';
import { resolveStack } from './template/resolve-stack.ts';

/** Starts the services, installs every stack, and restores the kept state. Throws `TemplateProblem` for what cannot be installed. */
export async function installLocalCloud(options: CloudOptions): Promise<LocalCloud> {
  const cloud = new LocalCloud(options);
  try {
    await startServices(cloud);
    return cloud;
  } catch (error) {
    await cloud.close();
    throw error;
  }
}

async function startServices(cloud: LocalCloud): Promise<void> {
  const { options, time } = cloud;
  for (const account of new Set(options.stacks.map((stack) => stack.account)))
    cloud.authority.iam.directory.addAdministrator(account);
  cloud.wire = await startCloudWire(cloud);
  const { origin } = cloud.wire;
  const [hub] = options.stacks;
  const administrator = localAdministrator(hub?.account ?? '');
  const { accessKeyId, secretAccessKey } = administrator;
  const credentials = { accessKeyId, secretAccessKey };
  const config = { endpoint: origin, region: hub?.region ?? '', credentials };
  cloud.dynamo = clientHere(config, (request) => cloud.wire.answer(request));
  cloud.functions = new Functions(
    lambdaService({
      time,
      origin,
      kubernetes: cloud.wire.kubernetes,
      answer: (request) => cloud.wire.answer(request),
      functionsHere: options.functionsHere === true,
      authority: cloud.authority,
      logs: cloud.logs,
      metrics: cloud.metrics,
      sendToQueue: (arn, body, sender) => void cloud.queues.find(arn)?.send(body, sender),
      onError: ({ name }, error) => cloud.faults.push({ at: time.clock.now(), function: name, error }),
    }),
  );
  const { functions, authority, wiring } = cloud;
  cloud.apis = new CloudApis({ authority, functions, wiring, now: () => time.clock.now(), uuid: time.uuid });
  const executions = cloud.kept.executions.load();
  if (executions !== undefined) cloud.runner.machines.restore(executions.machines);
  await installStacks(cloud);
  for (const role of cloud.byHand.roles.values()) authority.iam.directory.addRole(role);
  for (const [arn, input] of cloud.byHand.functions) addFunction(cloud, arn, input);
  cloud.table = new DynamoTable(cloud.dynamo, tableNames(cloud));
  for (const queue of cloud.queues.all()) queue.restore(cloud.kept.world.messagesOf(queue.options.arn));
  cloud.kept.executions.keepMachines(cloud.runner.machines.records());
  if (executions !== undefined) cloud.runner.importExecutions(executions);
  cloud.sweep = new ExpirySweep(cloud.dynamo, cloud.expiring, time.clock);
}

async function installStacks(cloud: LocalCloud): Promise<void> {
  const { assembly, stacks } = cloud.options;
  const exports = new Map<string, ReadonlyMap<string, unknown>>();
  for (const { stack, account, region, parameters } of stacks) {
    const template = assembly.templates.get(stack);
    if (template === undefined) throw new Error(`The assembly ${assembly.folder} holds no stack ${stack}.`);
    const key = `${account}/${region}`;
    const place = { account, region, partition: 'aws', origin: cloud.wire.origin };
    const imports = exports.get(key) ?? new Map();
    const resolved = resolveStack(template, { stack, place, parameters, imports });
    exports.set(key, new Map([...imports, ...resolved.exports]));
    for (const resource of resolved.resources) cloud.wiring.name(resource);
    for (const [name, value] of resolved.outputs) cloud.outputs.set(`${stack}.${name}`, value);
    cloud.resources.push(...resolved.resources);
    await installStack(resolved, partsOf(cloud));
  }
}

/** Finds Liftlock's own tables by a property that only one of them has. */
function tableNames(cloud: LocalCloud): { items: string; audit: string } {
  const tables = cloud.resources.filter((resource) => resource.type === 'AWS::DynamoDB::Table');
  const items = tables.find((table) => table.properties.GlobalSecondaryIndexes !== undefined);
  const audit = tables.find((table) => table !== items);
  return { items: items?.name ?? '', audit: audit?.name ?? '' };
}

function partsOf(cloud: LocalCloud): CloudParts {
  const { authority, time } = cloud;
  return {
    ...cloud,
    directory: authority.iam.directory,
    assembly: cloud.options.assembly,
    machines: cloud.runner,
    api: cloud.apis.get,
    pollers: {
      functions: cloud.functions,
      authority,
      now: () => time.clock.now().getTime(),
      scheduleAt: (at, run) => void time.clock.schedule(new Date(at), run),
      onBatch: ({ functionArn, ...from }) => {
        const arn = 'queue' in from ? from.queue.options.arn : from.stream.options.arn.replace(/\/stream\/.*$/, '');
        cloud.wiring.record(arn, functionArn);
      },
      sendToQueue: (arn, body, sender) => void cloud.queues.find(arn)?.send(body, sender),
    },
    useRole: (roleArn, service, sourceArn, needed) => {
      const source = { service, sourceArn, sourceAccount: sourceArn.split(':')[4] ?? '' };
      authority.inRole(roleArn, source, needed, `creation of ${cloud.wiring.nameOf(sourceArn)}`);
    },
  };
}
