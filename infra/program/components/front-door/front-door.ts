import { AFDCustomDomain } from '@pulumi/azure-native/cdn/afdcustomDomain.js';
import { AFDEndpoint } from '@pulumi/azure-native/cdn/afdendpoint.js';
import { AFDOrigin } from '@pulumi/azure-native/cdn/afdorigin.js';
import { AFDOriginGroup } from '@pulumi/azure-native/cdn/afdoriginGroup.js';
import { Profile } from '@pulumi/azure-native/cdn/profile.js';
import { Route } from '@pulumi/azure-native/cdn/route.js';
import { SecurityPolicy } from '@pulumi/azure-native/cdn/securityPolicy.js';
import { Policy } from '@pulumi/azure-native/frontdoor/policy.js';
import { ComponentResource, type Output } from '@pulumi/pulumi';
import type { Context } from '../../base/context.ts';
import type { DiagnosticSource, DiagnosticTarget } from '../diagnostics/diagnostics.ts';
import { PATHS, type SlotName } from '../web/app-settings.ts';
import type { Web } from '../web/web.ts';
import { wafPolicy } from './waf.ts';

/** Long interval and HEAD, because every point of presence probes. https://learn.microsoft.com/azure/frontdoor/health-probes */
const PROBE_SECONDS = 120;
/** Front Door gives up after it; longer than any answer of the app takes. */
const ORIGIN_TIMEOUT_SECONDS = 60;

/**
 * Front Door with its WAF: one endpoint for each slot. Logical names and the component's type say `door`: they are part of the
 * URNs in existing stacks.
 */
export class FrontDoor extends ComponentResource implements DiagnosticSource {
  /** What the app compares `X-Azure-FDID` with. */
  readonly frontDoorId: Output<string>;
  readonly profileId: Output<string>;
  readonly diagnosticTargets: readonly DiagnosticTarget[];
  /** DNS records that the custom domain needs; set by `addRoutes`. */
  domainRecords: Record<string, Output<string>> | undefined;
  readonly #context: Context;
  readonly #group: Output<string>;
  readonly #profile: Profile;

  constructor(context: Context, group: Output<string>) {
    super('slipway:program:Door', 'door');
    this.#context = context;
    this.#group = group;
    this.#profile = this.#create();
    this.frontDoorId = this.#profile.frontDoorId;
    this.profileId = this.#profile.id;
    this.diagnosticTargets = [{ name: 'front-door', type: 'cdn:Profile', id: this.profileId }];
    this.registerOutputs({ frontDoorId: this.frontDoorId });
  }

  /** Adds endpoints and routes to the slots of the app. Returns the host names of the slots and the one for visitors. */
  addRoutes(web: Web): { readonly slots: Record<SlotName, Output<string>>; readonly visitors: Output<string> } {
    const domain = this.#customDomain();
    const endpoints = { production: this.#endpoint('production'), staging: this.#endpoint('staging') };
    const policy = this.#policy();
    const securityPolicy = this.#securityPolicy(policy, [
      endpoints.production.id,
      endpoints.staging.id,
      ...(domain ? [domain.id] : []),
    ]);
    this.#routes('production', {
      endpoint: endpoints.production,
      host: web.hostNames.production,
      securityPolicy,
      domain,
    });
    this.#routes('staging', {
      endpoint: endpoints.staging,
      host: web.hostNames.staging,
      securityPolicy,
      domain: undefined,
    });
    if (domain !== undefined) {
      this.domainRecords = {
        [`CNAME ${this.#context.config.edge.domain}`]: endpoints.production.hostName,
        [`TXT _dnsauth.${this.#context.config.edge.domain}`]: domain.validationProperties.validationToken,
      };
    }
    return {
      slots: { production: endpoints.production.hostName, staging: endpoints.staging.hostName },
      visitors: domain?.hostName ?? endpoints.production.hostName,
    };
  }

  #create(): Profile {
    const { config, names, tags } = this.#context;
    return new Profile(
      'front-door',
      {
        profileName: names.scoped('afd'),
        resourceGroupName: this.#group,
        location: 'Global',
        tags,
        sku: { name: config.edge.sku },
        originResponseTimeoutSeconds: ORIGIN_TIMEOUT_SECONDS,
      },
      { parent: this },
    );
  }

  #endpoint(slot: SlotName): AFDEndpoint {
    const { names, tags } = this.#context;
    return new AFDEndpoint(
      `door-${slot}`,
      {
        endpointName: names.global(slot === 'production' ? 'web' : slot, 46),
        profileName: this.#profile.name,
        resourceGroupName: this.#group,
        location: 'Global',
        enabledState: 'Enabled',
        tags,
      },
      { parent: this },
    );
  }

  #customDomain(): AFDCustomDomain | undefined {
    const { domain } = this.#context.config.edge;
    if (domain === '') return undefined;
    return new AFDCustomDomain(
      'custom-domain',
      {
        customDomainName: domain.replaceAll('.', '-'),
        profileName: this.#profile.name,
        resourceGroupName: this.#group,
        hostName: domain,
        tlsSettings: { certificateType: 'ManagedCertificate', minimumTlsVersion: 'TLS12' },
      },
      { parent: this },
    );
  }

  #policy(): Policy {
    const { config, names, tags } = this.#context;
    return new Policy(
      'waf',
      {
        policyName: names.compact('waf', 128),
        resourceGroupName: this.#group,
        location: 'Global',
        tags,
        sku: { name: config.edge.sku },
        ...wafPolicy(config.edge),
      },
      { parent: this },
    );
  }

  /** Covers both endpoints and is created before any route, so that no request passes without the WAF. */
  #securityPolicy(policy: Policy, domains: readonly Output<string>[]): SecurityPolicy {
    return new SecurityPolicy(
      'waf-everywhere',
      {
        securityPolicyName: 'everywhere',
        profileName: this.#profile.name,
        resourceGroupName: this.#group,
        parameters: {
          type: 'WebApplicationFirewall',
          wafPolicy: { id: policy.id },
          associations: [{ domains: domains.map((id) => ({ id })), patternsToMatch: ['/*'] }],
        },
      },
      { parent: this },
    );
  }

  #routes(slot: SlotName, to: RouteTarget): void {
    const origins = this.#originGroup(slot);
    const origin = this.#origin(slot, origins, to.host);
    const common = {
      endpointName: to.endpoint.name,
      profileName: this.#profile.name,
      resourceGroupName: this.#group,
      originGroup: { id: origins.id },
      customDomains: to.domain === undefined ? [] : [{ id: to.domain.id }],
      enabledState: 'Enabled',
      forwardingProtocol: 'HttpsOnly',
      httpsRedirect: 'Enabled',
      linkToDefaultDomain: 'Enabled',
      supportedProtocols: ['Http', 'Https'],
    };
    const options = { parent: this, dependsOn: [origin, to.securityPolicy] };
    // Without cacheConfiguration nothing is cached. Front Door would cache answers without Cache-Control for days.
    new Route(`${slot}-app`, { ...common, routeName: 'app', patternsToMatch: ['/*'] }, options);
    new Route(
      `${slot}-media`,
      {
        ...common,
        routeName: 'media',
        patternsToMatch: ['/media/*'],
        cacheConfiguration: { queryStringCachingBehavior: 'IgnoreQueryString' },
      },
      options,
    );
  }

  #originGroup(slot: SlotName): AFDOriginGroup {
    return new AFDOriginGroup(
      `origins-${slot}`,
      {
        originGroupName: slot,
        profileName: this.#profile.name,
        resourceGroupName: this.#group,
        sessionAffinityState: 'Disabled',
        loadBalancingSettings: { sampleSize: 4, successfulSamplesRequired: 3, additionalLatencyInMilliseconds: 50 },
        healthProbeSettings: {
          probePath: PATHS.live,
          probeProtocol: 'Https',
          probeRequestType: 'HEAD',
          probeIntervalInSeconds: PROBE_SECONDS,
        },
      },
      { parent: this },
    );
  }

  /** The host name comes from App Service: new ones have a random suffix and cannot be computed. */
  #origin(slot: SlotName, origins: AFDOriginGroup, hostName: Output<string>): AFDOrigin {
    return new AFDOrigin(
      `origin-${slot}`,
      {
        originName: 'app',
        originGroupName: origins.name,
        profileName: this.#profile.name,
        resourceGroupName: this.#group,
        hostName,
        originHostHeader: hostName,
        httpPort: 80,
        httpsPort: 443,
        priority: 1,
        weight: 1000,
        enabledState: 'Enabled',
        enforceCertificateNameCheck: true,
      },
      { parent: this },
    );
  }
}

interface RouteTarget {
  readonly endpoint: AFDEndpoint;
  readonly host: Output<string>;
  readonly securityPolicy: SecurityPolicy;
  readonly domain: AFDCustomDomain | undefined;
}
