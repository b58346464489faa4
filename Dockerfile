# The app on a CPU: docker build --tag resnet-explainer . && docker run --publish 8501:8501 resnet-explainer
# docs/deployment.md says what to mount, and how much memory a class needs.

FROM python:3.11-slim AS packages
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /packages
COPY requirements.txt ./
# PyTorch's own index has the build without GPU libraries. Both versions stand in requirements.txt alone.
RUN grep -E '^torch(vision)?==' requirements.txt > torch.txt \
    && pip install --index-url https://download.pytorch.org/whl/cpu -r torch.txt \
    && pip install -r requirements.txt

FROM python:3.11-slim
RUN useradd --create-home --uid 1000 explainer \
    && install --directory --owner explainer /weights /cache
COPY --from=packages /venv /venv
# Weights of yours are read from /weights; downloaded ones, decoded data and past races are kept in /cache.
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=1 \
    RESNET_WEIGHTS_DIR=/weights \
    RESNET_CORE_CACHE=/cache \
    TORCH_HOME=/cache/torch
WORKDIR /app
COPY .streamlit .streamlit
COPY resnet_core resnet_core
COPY assets assets
COPY pages pages
COPY app.py ./
USER 1000
VOLUME ["/weights", "/cache"]
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["python", "-m", "streamlit", "run", "app.py", "--server.address", "0.0.0.0", "--server.port", "8501"]
