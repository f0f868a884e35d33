# The field optimizer. From the repository's root:
#   docker build -f deploy/docker/field-optimizer.Dockerfile -t sjc-field-optimizer .
ARG DOTNET_VERSION=10.0

FROM mcr.microsoft.com/dotnet/sdk:${DOTNET_VERSION}-noble AS build
WORKDIR /source
COPY . .
# The folder of the jobs is made here: the image below has no shell to make it.
RUN dotnet publish services/FieldOptimizer/Service/Sjc.FieldOptimizer.csproj -c Release -o /app -nologo && mkdir -p /data/jobs

# Chiseled: no shell, no package manager; runs as a user that is not root.
FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET_VERSION}-noble-chiseled
WORKDIR /app
COPY --from=build /app .
COPY --from=build --chown=$APP_UID:$APP_UID /data /data
# The root file system may be read-only: only /data is written.
ENV ASPNETCORE_URLS=http://+:5202 \
    ASPNETCORE_HTTP_PORTS= \
    Optimizer__StoreFolder=/data/jobs \
    Scorer__Address=http://score-server:5201 \
    DOTNET_EnableDiagnostics=0
VOLUME /data
EXPOSE 5202
USER $APP_UID
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["dotnet", "Sjc.FieldOptimizer.dll", "health"]
ENTRYPOINT ["dotnet", "Sjc.FieldOptimizer.dll"]
