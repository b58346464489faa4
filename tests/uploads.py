"""Photos that a test uploads to a page."""

from io import BytesIO

from PIL import Image


def png(size=(64, 48), colour="red"):
    data = BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    return data.getvalue()


def upload(app, *files):
    app.segmented_control(key="source").set_value("upload").run()
    return app.file_uploader(key="photos").set_value(list(files)).run()
