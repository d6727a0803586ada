/** Where Jaeger shows traces: what JAEGER_UI_URL says, else where `docker compose up` puts it. */
export const jaegerUi = (): string => process.env.JAEGER_UI_URL ?? 'http://localhost:16686'
