# The trace server alone: it receives runs and OTLP, keeps them and serves their pages and the viewer.
# Runs of algorithms stay outside, on the machine; see docker-compose.yml.

# What builds the viewer stays in this stage. `npm ci` ends with `prepare`, which is `npm run build`.
FROM node:24.21.0-bookworm-slim AS viewer
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json ./
COPY src ./src
COPY web ./web
RUN npm ci

FROM node:24.21.0-bookworm-slim

ENV NODE_ENV=production
WORKDIR /app

# The image is the Node that package.json's optional dependencies would bring; no package needs its scripts run.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force

COPY bin ./bin
COPY src ./src
COPY --from=viewer /app/web/dist ./web/dist

# A named volume that is mounted here the first time takes over this owner.
RUN mkdir -p /data/runs && chown -R node:node /data
USER node
EXPOSE 8700

ENTRYPOINT ["node", "bin/testbed.js"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8700", "--runs", "/data/runs"]
