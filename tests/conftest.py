"""No test reaches the network: a hub id is looked up offline, and so refused."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
