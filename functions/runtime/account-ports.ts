import { createAccountReader } from '../../adapters/aws/account-reader.ts';
import { createSilences } from '../../adapters/aws/alarm-mute-rules.ts';
import { createEc2Reader } from '../../adapters/aws/ec2-reader.ts';
import {
  type LaunchTemplateOptions as CallOptions,
  createLaunchTemplates,
} from '../../adapters/aws/launch-templates.ts';
import { systemClock as clock, systemSleep as sleep } from '../../adapters/aws/system-clock.ts';
import type { PortFactory } from './create-handler.ts';
import { sessionsOf, spokeEnvironment } from './eks-ports.ts';
import { endpointOf } from './endpoint-of.ts';

/** Makes a port that signs its requests with the spoke role of an account. */
export const signed = <Port>(create: (options: CallOptions) => Port): PortFactory<Port> => ({
  environment: spokeEnvironment,
  create: (context) =>
    create({ sessions: sessionsOf(context), clock, sleep, endpointOf, partition: context.environment.partition }),
});

/** These ports read and change what the accounts of clusters have beside EKS. */
export const ec2 = signed(createEc2Reader);
export const templates = signed(createLaunchTemplates);
export const account = signed(createAccountReader);
export const silences = signed(createSilences);
