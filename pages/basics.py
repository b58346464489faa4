from pages._layout import header
header("What does a convolution do?","")
