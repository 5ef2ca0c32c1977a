import { AlertProcessingRuleByName } from '@pulumi/azure-native/alertsmanagement/alertProcessingRuleByName.js';
import { WebTest } from '@pulumi/azure-native/applicationinsights/webTest.js';
import { ActionGroup } from '@pulumi/azure-native/monitor/actionGroup.js';
import { MetricAlert } from '@pulumi/azure-native/monitor/metricAlert.js';
import { ScheduledQueryRule } from '@pulumi/azure-native/monitor/scheduledQueryRule.js';
import { ComponentResource, interpolate, type Output, secret } from '@pulumi/pulumi';
import type { Context } from '../../base/context.ts';
import { sidecarDigest } from '../../config/config.ts';
import type { Observe } from '../observe/observe.ts';
import { AVAILABILITY, FAILED_LOCATIONS } from './availability-test.ts';
import { LOG_RULES, type QueryRule, SIDECAR_RULES } from './log-rules.ts';
import { type MetricRule, metricRules, WATCHED, type Watched } from './metric-rules.ts';
import { type Runbook, runbookAddress } from './runbooks.ts';

export interface AlertsInput {
  readonly observe: Observe;
  readonly watched: Readonly<Partial<Record<Watched, Output<string>>>>;
  /** The vault whose failed jobs Azure itself raises an alert for; undefined without snapshots of a share. */
  readonly snapshotVaultId: Output<string> | undefined;
  /** Host name that visitors use. */
  readonly host: Output<string>;
}

/** The action group (who is notified) and the alert rules. */
export class Alerts extends ComponentResource {
  readonly actionGroupId: Output<string>;
  readonly #context: Context;
  readonly #group: Output<string>;

  constructor(context: Context, group: Output<string>, input: AlertsInput) {
    super('slipway:program:Alerts', 'alerts');
    const { alerts, availabilityTests } = context.config.observe;
    this.#context = context;
    this.#group = group;
    this.actionGroupId = this.#actionGroup().id;
    if (alerts) this.#onMetrics(input);
    if (alerts) for (const rule of LOG_RULES) this.#queryAlert(rule, input.observe);
    if (alerts && sidecarDigest(context.config) !== undefined) {
      for (const rule of SIDECAR_RULES) this.#queryAlert(rule, input.observe);
    }
    if (availabilityTests) this.#onAvailability(input);
    if (alerts && input.snapshotVaultId !== undefined) this.#onSnapshots(input.snapshotVaultId);
    this.registerOutputs({ actionGroupId: this.actionGroupId });
  }

  #actionGroup(): ActionGroup {
    const { config, names, tags } = this.#context;
    return new ActionGroup(
      'on-call',
      {
        actionGroupName: names.scoped('ag'),
        // At most 12 characters.
        groupShortName: `${config.name.slice(0, 8)}${config.stage}`,
        resourceGroupName: this.#group,
        location: 'Global',
        tags,
        enabled: true,
        emailReceivers: config.observe.alertEmails.map((emailAddress, index) => ({
          name: `email-${index + 1}`,
          emailAddress,
          useCommonAlertSchema: true,
        })),
        // An address is the right to post there.
        webhookReceivers: config.observe.alertWebhooks.map((serviceUri, index) => ({
          name: `webhook-${index + 1}`,
          serviceUri: secret(serviceUri),
          useCommonAlertSchema: true,
        })),
      },
      { parent: this },
    );
  }

  #onMetrics({ watched }: AlertsInput): void {
    const { config, present } = this.#context;
    for (const key of WATCHED) {
      const scope = watched[key];
      if (scope === undefined) continue;
      for (const rule of metricRules(key, { autoscaleMax: config.autoscale.max, shareGb: config.media.shareGb })) {
        if (present.released || rule.afterRelease === undefined) this.#metricAlert(rule, scope);
      }
    }
  }

  #metricAlert(rule: MetricRule, scope: Output<string>): MetricAlert {
    const { names, tags } = this.#context;
    return new MetricAlert(
      `alert-${rule.name}`,
      {
        ruleName: names.scoped(rule.name),
        description: this.#described(rule.about, rule.runbook),
        resourceGroupName: this.#group,
        location: 'Global',
        tags,
        enabled: true,
        autoMitigate: true,
        severity: rule.severity,
        scopes: [scope],
        windowSize: rule.window,
        evaluationFrequency: rule.every,
        criteria: {
          odataType: 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria',
          allOf: [
            {
              name: rule.name,
              criterionType: 'StaticThresholdCriterion',
              metricNamespace: rule.metricNamespace,
              metricName: rule.metricName,
              operator: rule.operator,
              threshold: rule.threshold,
              timeAggregation: rule.aggregation,
              ...(rule.only === undefined
                ? {}
                : { dimensions: [{ name: rule.only.dimension, operator: 'Include', values: [rule.only.value] }] }),
              // A new resource has no values yet, and Azure would refuse the rule.
              skipMetricValidation: true,
            },
          ],
        },
        actions: [{ actionGroupId: this.actionGroupId }],
      },
      { parent: this },
    );
  }

  #queryAlert(rule: QueryRule, observe: Observe): ScheduledQueryRule {
    const { names, location, tags } = this.#context;
    return new ScheduledQueryRule(
      `alert-${rule.name}`,
      {
        ruleName: names.scoped(rule.name),
        displayName: rule.name,
        description: this.#described(rule.about, rule.runbook),
        kind: 'LogAlert',
        resourceGroupName: this.#group,
        location,
        tags,
        enabled: true,
        autoMitigate: true,
        severity: rule.severity,
        scopes: [observe.workspaceId],
        windowSize: rule.window,
        ...(rule.lookBack === undefined ? {} : { overrideQueryTimeRange: rule.lookBack }),
        evaluationFrequency: 'PT5M',
        // At the first run the workspace has no tables.
        skipQueryValidation: true,
        criteria: {
          allOf: [
            {
              query: rule.query,
              timeAggregation: 'Count',
              operator: 'GreaterThan',
              threshold: 0,
              failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
            },
          ],
        },
        actions: { actionGroups: [this.actionGroupId] },
      },
      { parent: this },
    );
  }

  /** Azure raises alerts for failed jobs of a vault and tells nobody. */
  #onSnapshots(vaultId: Output<string>): void {
    const { names, tags } = this.#context;
    new AlertProcessingRuleByName(
      'notify-failed-snapshots',
      {
        alertProcessingRuleName: names.scoped('failed-snapshots'),
        resourceGroupName: this.#group,
        location: 'Global',
        tags,
        properties: {
          description: 'A snapshot of the share of media failed, or a restore of it.',
          enabled: true,
          scopes: [vaultId],
          actions: [{ actionType: 'AddActionGroups', actionGroupIds: [this.actionGroupId] }],
        },
      },
      { parent: this },
    );
  }

  #onAvailability({ observe, host }: AlertsInput): void {
    const test = this.#availabilityTest(observe, host);
    // Until the first release every place fails.
    if (!this.#context.present.released) return;
    const { names, tags } = this.#context;
    new MetricAlert(
      'alert-unavailable',
      {
        ruleName: names.scoped('unavailable'),
        description: this.#described(
          `Visitors in ${FAILED_LOCATIONS} places or more cannot use the app.`,
          'production-down',
        ),
        resourceGroupName: this.#group,
        location: 'Global',
        tags,
        enabled: true,
        autoMitigate: true,
        severity: 1,
        scopes: [test.id, observe.insightsId],
        windowSize: 'PT5M',
        evaluationFrequency: 'PT1M',
        criteria: {
          odataType: 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria',
          webTestId: test.id,
          componentId: observe.insightsId,
          failedLocationCount: FAILED_LOCATIONS,
        },
        actions: [{ actionGroupId: this.actionGroupId }],
      },
      { parent: this },
    );
  }

  /** The portal finds the test of a component by its `hidden-link` tag. */
  #availabilityTest(observe: Observe, host: Output<string>): WebTest {
    const { names, location, tags } = this.#context;
    const name = names.scoped('available');
    return new WebTest(
      'availability',
      {
        webTestName: name,
        syntheticMonitorId: name,
        resourceGroupName: this.#group,
        location,
        tags: observe.insightsId.apply((id) => ({ ...tags, [`hidden-link:${id}`]: 'Resource' })),
        request: {
          requestUrl: interpolate`https://${host}${AVAILABILITY.path}`,
          httpVerb: 'GET',
          followRedirects: false,
        },
        ...AVAILABILITY.settings,
      },
      { parent: this },
    );
  }

  /** Shown in the e-mail, and sent to webhooks. */
  #described(about: string, runbook: Runbook): string {
    return `${about} What to do: ${runbookAddress(this.#context.config.observe.runbooks, runbook)}`;
  }
}
