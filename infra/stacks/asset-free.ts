import { BootstraplessSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib/core';

/** For templates that StackSets take as they are: no assets, no bootstrapped account. CDK's own types disagree on an optional member. */
export const assetFree = (): IStackSynthesizer => new BootstraplessSynthesizer() as IStackSynthesizer;
