# SPDX-License-Identifier: GPL-3.0-or-later
"""What a good user would write instead: the official SDK, a thread for each slot, and a look every INTERVAL seconds."""

import concurrent.futures
import os
import sys
import time

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkims.v2 import (
    CopyImageCrossRegionRequest,
    CopyImageCrossRegionRequestBody,
    ImsClient,
    ListImagesRequest,
    ShowJobProgressRequest,
)

INTERVAL, SLOTS = float(sys.argv[1]), 5
SOURCE, DESTINATION = "cn-north-4", "cn-south-1"


def client(region, endpoint):
    keys = BasicCredentials(os.environ["HUAWEICLOUD_SDK_AK"], os.environ["HUAWEICLOUD_SDK_SK"])
    keys.with_iam_endpoint(os.environ["IAM_ENDPOINT"])
    return ImsClient.new_builder().with_credentials(keys).with_region(Region(region, endpoint)).build()


north = client(SOURCE, os.environ["SOURCE_ENDPOINT"])
south = client(DESTINATION, os.environ["DESTINATION_ENDPOINT"])


def fleet(ims):
    marker = None
    while page := ims.list_images(ListImagesRequest(imagetype="private", limit=500, marker=marker)).images:
        yield from (image for image in page if image.name.startswith("fleet-"))
        marker = page[-1].id


def copy(image):
    body = CopyImageCrossRegionRequestBody(
        name=image.name, region=DESTINATION, project_name=DESTINATION, agency_name="ims_copy_image"
    )
    while True:
        try:
            job = north.copy_image_cross_region(CopyImageCrossRegionRequest(image.id, body)).job_id
            break
        except ClientRequestException as error:
            if error.error_code not in ("IMG.0060", "IMG.0148", "IMG.0149"):
                raise
            time.sleep(INTERVAL)
    while True:
        time.sleep(INTERVAL)
        status = north.show_job_progress(ShowJobProgressRequest(job)).status
        if status in ("SUCCESS", "FAIL"):
            return image.name, status


there = {image.name for image in fleet(south)}
todo = sorted((image for image in fleet(north) if image.name not in there), key=lambda image: -int(image.image_size))
with concurrent.futures.ThreadPoolExecutor(SLOTS) as pool:
    ended = list(pool.map(copy, todo))
failed = [name for name, status in ended if status != "SUCCESS"]
print(f"{len(ended)} copies, failed: {failed}")
sys.exit(1 if failed else 0)
