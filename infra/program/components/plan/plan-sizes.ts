/** Properties of a plan size that the program needs. */
export interface PlanSku {
  readonly tier: string;
  readonly vcpus: number;
  readonly memoryGb: number;
  /** Zone redundancy is for Premium v2 and later. https://learn.microsoft.com/azure/reliability/reliability-app-service */
  readonly zones: boolean;
}

/**
 * Plans that can have deployment slots: Standard and better; Basic cannot.
 * Sizes: https://azure.microsoft.com/pricing/details/app-service/linux. Tiers are spelt as Azure returns them, so that a
 * refresh finds no difference, and as its list of regions by tier expects them.
 */
export const PLAN_SKUS = {
  S1: { tier: 'Standard', vcpus: 1, memoryGb: 1.75, zones: false },
  S2: { tier: 'Standard', vcpus: 2, memoryGb: 3.5, zones: false },
  S3: { tier: 'Standard', vcpus: 4, memoryGb: 7, zones: false },
  P0v3: { tier: 'Premium0V3', vcpus: 1, memoryGb: 4, zones: true },
  P1v3: { tier: 'PremiumV3', vcpus: 2, memoryGb: 8, zones: true },
  P2v3: { tier: 'PremiumV3', vcpus: 4, memoryGb: 16, zones: true },
  P3v3: { tier: 'PremiumV3', vcpus: 8, memoryGb: 32, zones: true },
  P1mv3: { tier: 'PremiumMV3', vcpus: 2, memoryGb: 16, zones: true },
  P2mv3: { tier: 'PremiumMV3', vcpus: 4, memoryGb: 32, zones: true },
  P3mv3: { tier: 'PremiumMV3', vcpus: 8, memoryGb: 64, zones: true },
  P0v4: { tier: 'Premium0V4', vcpus: 1, memoryGb: 4, zones: true },
  P1v4: { tier: 'PremiumV4', vcpus: 2, memoryGb: 8, zones: true },
  P2v4: { tier: 'PremiumV4', vcpus: 4, memoryGb: 16, zones: true },
  P3v4: { tier: 'PremiumV4', vcpus: 8, memoryGb: 32, zones: true },
  P1mv4: { tier: 'PremiumMV4', vcpus: 2, memoryGb: 16, zones: true },
  P2mv4: { tier: 'PremiumMV4', vcpus: 4, memoryGb: 32, zones: true },
  P3mv4: { tier: 'PremiumMV4', vcpus: 8, memoryGb: 64, zones: true },
} as const satisfies Record<string, PlanSku>;
export type PlanSkuName = keyof typeof PLAN_SKUS;

/** Memory for everything but php-fpm: the platform's agents, nginx, the sidecar. */
const RESERVED_MB = 768;
/** Memory of a child while it makes an image; opcache is shared, memory_limit (128 MB) is seldom reached. */
const CHILD_MB = 64;
/** More children per core would only move the queue from nginx into PHP. */
const CHILDREN_PER_VCPU = 24;

/**
 * php-fpm children for one slot. Both slots run on the same workers, so each gets half the memory.
 * App Service's own default is 5: https://github.com/microsoft/Oryx/blob/main/doc/configuration.md (FPM_MAX_CHILDREN)
 */
export function fpmChildren({ vcpus, memoryGb }: PlanSku): number {
  const byMemory = Math.floor((memoryGb * 1024 - RESERVED_MB) / 2 / CHILD_MB);
  return Math.max(5, Math.min(byMemory, vcpus * CHILDREN_PER_VCPU));
}
