import { createServer, type Server } from 'node:https';
import { gunzipSync } from 'node:zlib';
import type { CertificateFiles } from './certificate.ts';
import { freePort } from './free-port.ts';

export interface Envelope {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: { readonly baseType: string; readonly baseData: Readonly<Record<string, unknown>> };
}

/** What Application Insights' ingestion endpoint is to the exporter; keeps what it gets. */
export class Ingestion {
  readonly connectionString: string;
  readonly envelopes: Envelope[] = [];
  /** While true it takes requests and says nothing. */
  hanging = false;
  readonly #server: Server;

  static async start(certificate: CertificateFiles): Promise<Ingestion> {
    const port = await freePort();
    const ingestion = new Ingestion(certificate, port);
    await new Promise<void>((resolve) => ingestion.#server.listen(port, '127.0.0.1', resolve));
    return ingestion;
  }

  private constructor(certificate: CertificateFiles, port: number) {
    const url = `https://127.0.0.1:${port}/`;
    this.connectionString = `InstrumentationKey=00000000-0000-0000-0000-00000000abcd;IngestionEndpoint=${url};LiveEndpoint=${url}`;
    this.#server = createServer({ cert: certificate.certPem, key: certificate.keyPem }, async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      if (this.hanging) return;
      const body = Buffer.concat(parts);
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
      const found: Envelope[] = text.trimStart().startsWith('[')
        ? JSON.parse(text)
        : text
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line));
      this.envelopes.push(...found);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ itemsReceived: found.length, itemsAccepted: found.length, errors: [] }));
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
