import { CfnEventBusPolicy, EventBus } from 'aws-cdk-lib/aws-events';
import { AccountPrincipal, AnyPrincipal, type IPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { BUS_NAME } from '../names.ts';
import type { Settings } from '../settings/settings.ts';

/**
 * The bus of the hub. Liftlock's own functions publish on it by their roles; the forwarders of the fleet's accounts may put events, and nobody
 * else. What comes from outside cannot pass for Liftlock's own: the rules look at the account (constructs/event-rules.ts).
 */
export class LiftlockBus extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, { accounts, organizationId }: Settings) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', { eventBusName: BUS_NAME, description: "Liftlock's events and the fleet's" });
    if (organizationId !== undefined) {
      this.#allow('Organization', [new AnyPrincipal()], { StringEquals: { 'aws:PrincipalOrgID': organizationId } });
    }
    const principals = accounts.map((account) => new AccountPrincipal(account));
    if (principals.length > 0) this.#allow('Accounts', principals);
  }

  #allow(sid: string, principals: IPrincipal[], conditions?: Record<string, unknown>): void {
    const statement = new PolicyStatement({
      sid: `Liftlock${sid}`,
      principals,
      actions: ['events:PutEvents'],
      resources: [this.bus.eventBusArn],
      ...(conditions === undefined ? {} : { conditions }),
    });
    new CfnEventBusPolicy(this, `${sid}Policy`, {
      eventBusName: this.bus.eventBusName,
      statementId: `Liftlock${sid}`,
      statement: statement.toStatementJson(),
    });
  }
}
