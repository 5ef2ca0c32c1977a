import type { Arm } from '../azure/arm.ts';
import { AzureRefusal } from '../azure/refusal.ts';

/**
 * The only version that writes annotations. specification/applicationinsights/resource-manager/Microsoft.Insights/stable/2015-05-01/componentAnnotations_API.json
 * of Azure/azure-rest-api-specs; https://learn.microsoft.com/azure/azure-monitor/app/release-and-work-item-insights
 */
const API_VERSION = '2015-05-01';

/** A moment that Application Insights marks in its charts. */
export interface Annotation {
  /** A GUID. */
  readonly id: string;
  readonly name: string;
  readonly at: Date;
  readonly properties: Readonly<Record<string, string>>;
}

/** A release is not kept from its end for longer. */
export const ANNOTATED_WITHIN_MS = 10_000;

/** Writes the marker to a component of Application Insights. Throws when it does not take it. */
export async function writeAnnotation(
  arm: Pick<Arm, 'put'>,
  componentId: string,
  { id, name, at, properties }: Annotation,
): Promise<void> {
  const body = {
    Id: id,
    AnnotationName: name,
    // As in Microsoft's own script: UTC, without a zone.
    EventTime: at.toISOString().slice(0, 19),
    // The portal shows no other category.
    Category: 'Deployment',
    Properties: JSON.stringify(properties),
  };
  const answer = await arm.put(`${componentId}/Annotations`, API_VERSION, body);
  if (answer.status >= 300) throw new AzureRefusal(answer.status, answer.body);
}
