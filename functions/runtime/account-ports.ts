import { createAccountReader } from '../../adapters/aws/account-reader.ts';
import { createEc2Reader } from '../../adapters/aws/ec2-reader.ts';
import type { SignedCallsOptions } from '../../adapters/aws/signed-calls.ts';
import { systemClock as clock, systemSleep as sleep } from '../../adapters/aws/system-clock.ts';
import type { PortFactory } from './create-handler.ts';
import { sessionsOf, spokeEnvironment } from './eks-ports.ts';

const endpointOf = (service: string) => process.env[`AWS_ENDPOINT_URL_${service}`] ?? process.env.AWS_ENDPOINT_URL;

const signed = <Port>(create: (options: SignedCallsOptions) => Port): PortFactory<Port> => ({
  environment: spokeEnvironment,
  create: (context) => create({ sessions: sessionsOf(context), clock, sleep, endpointOf }),
});

/** What the accounts of clusters have beside EKS. */
export const ec2 = signed(createEc2Reader);
export const account = signed(createAccountReader);
