import { AwsQueryProtocol } from '@aws-sdk/core/protocols';
import { services } from '../../simulator/wire/service-model.ts';
import type { ServiceInUse } from './operations-in-use.ts';

interface Client {
  send(command: object): Promise<object>;
  destroy(): void;
}
type Constructor<T> = new (options: object) => T;

/** The SDK's own client of a service; with `query` it speaks the query protocol, as CLIs did to SQS and CloudWatch. */
export async function sdkClient(service: ServiceInUse, options: object, protocol?: 'query') {
  const module = (await services[service].load?.()) as Readonly<Record<string, unknown>>;
  const name = Object.keys(module).find((key) => /^[A-Z].*Client$/.test(key)) ?? '';
  const client = new (module[name] as Constructor<Client>)({
    ...options,
    ...(protocol === 'query' && { protocol: AwsQueryProtocol }),
  });
  return {
    module,
    close: () => client.destroy(),
    send: async (operation: string, input: object): Promise<object> => {
      const command = new (module[`${operation}Command`] as Constructor<object>)(input);
      return client.send(command);
    },
  };
}
